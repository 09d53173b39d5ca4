// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "kernel_case.h"

namespace octet::test {
namespace {

struct Picked {
  std::vector<int32_t> boxes;
  std::vector<float> scores;
};

double overlap_of(const float* a, const float* b) {
  const auto low = [](const float* box, int i) { return std::min(box[i], box[i + 2]); };
  const auto high = [](const float* box, int i) { return std::max(box[i], box[i + 2]); };
  double both = 1, area_a = 1, area_b = 1;
  for (int i = 0; i < 2; ++i) {
    both *= std::max(0.0f, std::min(high(a, i), high(b, i)) - std::max(low(a, i), low(b, i)));
    area_a *= high(a, i) - low(a, i);
    area_b *= high(b, i) - low(b, i);
  }
  return area_a > 0 && area_b > 0 ? both / (area_a + area_b - both) : 0;
}

// The greatest current score first; all scores different.
Picked naive(const std::vector<float>& boxes, std::vector<float> scores, size_t most, float overlap,
             float least, float sigma) {
  Picked picked;
  while (!scores.empty() && picked.boxes.size() < most) {
    const auto best = std::max_element(scores.begin(), scores.end()) - scores.begin();
    if (!(scores[best] > least)) break;
    picked.boxes.push_back(static_cast<int32_t>(best));
    picked.scores.push_back(scores[best]);
    for (size_t i = 0; i < scores.size(); ++i) {
      const double iou = overlap_of(&boxes[4 * i], &boxes[4 * best]);
      if (iou >= overlap) scores[i] = -INFINITY;
      if (sigma > 0) scores[i] *= static_cast<float>(std::exp(-0.5 / sigma * iou * iou));
    }
    scores[best] = -INFINITY;
  }
  return picked;
}

TEST(NonMaxSuppression, PicksByFallingScore) {
  std::mt19937 random(401);
  for (const int32_t n : {0, 1, 40, 200}) {
    for (const int32_t most : {0, 3, 50}) {
      for (const float sigma : {-1.0f, 0.0f, 0.4f}) {  // -1: absent
        auto boxes = random_floats(random, 4 * n);
        auto scores = random_floats(random, n);
        for (float& score : scores) score = std::abs(score);
        const Picked expected = naive(boxes, scores, most, 0.4f, 0.1f, sigma);
        KernelCase test;
        const int vb = test.arena(Type::kF32, {n, 4}), vs = test.arena(Type::kF32, {n});
        const int overlap = test.constant<float>(Type::kF32, {}, {0.4f});
        const int least = test.arena(Type::kF32, {});
        const int vg = sigma < 0 ? -1 : test.constant<float>(Type::kF32, {}, {sigma});
        const int picks = test.arena(Type::kI32, {most}), count = test.arena(Type::kI32, {});
        const int kept = sigma < 0 ? -1 : test.arena(Type::kF32, {most});
        test.instruction("non_max_suppression", {vb, vs, overlap, least, vg, picks, kept, count});
        ASSERT_TRUE(test.bind()) << test.error();
        test.set(vb, boxes);
        test.set(vs, scores);
        test.set(least, std::vector<float>{0.1f});
        test.run();
        const auto found = test.get<int32_t>(picks);
        ASSERT_EQ(test.get<int32_t>(count)[0], static_cast<int32_t>(expected.boxes.size()));
        for (int32_t i = 0; i < most; ++i) {
          const bool used = i < static_cast<int32_t>(expected.boxes.size());
          ASSERT_EQ(found[i], used ? expected.boxes[i] : 0) << n << " " << i;
          if (kept < 0) continue;
          ASSERT_NEAR(test.get<float>(kept)[i], used ? expected.scores[i] : 0, 1e-5);
        }
      }
    }
  }
}

TEST(NonMaxSuppression, NotNumbersAreHarmless) {
  std::mt19937 random(402);
  for (int round = 0; round < 200; ++round) {
    const float odd[] = {std::nanf(""), INFINITY, -INFINITY, 0, 1, -1};
    const auto any = [&](size_t n) {
      std::vector<float> values(n);
      for (float& v : values) v = odd[random() % 6];
      return values;
    };
    KernelCase test;
    const int vb = test.arena(Type::kF32, {9, 4}), vs = test.arena(Type::kF32, {9});
    const int overlap = test.arena(Type::kF32, {}), least = test.arena(Type::kF32, {});
    const int sigma = test.arena(Type::kF32, {}), picks = test.arena(Type::kI32, {20});
    const int kept = test.arena(Type::kF32, {20}), count = test.arena(Type::kI32, {});
    test.instruction("non_max_suppression", {vb, vs, overlap, least, sigma, picks, kept, count});
    ASSERT_TRUE(test.bind()) << test.error();
    test.set(vb, any(36));
    test.set(vs, any(9));
    test.set(overlap, any(1));
    test.set(least, any(1));
    const auto s = any(1);
    test.set(sigma, s);
    EXPECT_EQ(test.status(), s[0] < 0 ? OCTET_INDEX_OUT_OF_RANGE : OCTET_OK);
  }
}

TEST(NonMaxSuppression, MutantsAreRefusedOrHarmless) {
  KernelCase test;
  const int vb = test.arena(Type::kF32, {9, 4}), vs = test.arena(Type::kF32, {9});
  const int overlap = test.arena(Type::kF32, {}), least = test.arena(Type::kF32, {});
  const int sigma = test.arena(Type::kF32, {}), picks = test.arena(Type::kI32, {20});
  const int kept = test.arena(Type::kF32, {20}), count = test.arena(Type::kI32, {});
  test.instruction("non_max_suppression", {vb, vs, overlap, least, sigma, picks, kept, count});
  test.fuzz(4000, 20, 403);
}

}  // namespace
}  // namespace octet::test
