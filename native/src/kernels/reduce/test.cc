// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "kernel_case.h"
#include "naive_convolution.h"

namespace octet::test {
namespace {

enum { kSum, kMean, kProduct, kLargest, kSmallest, kAny, kAll };

const std::vector<std::vector<int32_t>> kShapes = {
    {2, 3, 4, 5}, {7}, {1, 7, 7, 20}, {2, 3, 2, 3, 2, 3, 2, 3}, {3, 30}, {}, {4, 1000}, {300, 3}};
const std::vector<int32_t> kIsas =
    runnable({Isa::kScalar, Isa::kAvx2, Isa::kAvx512, Isa::kAvx512Vnni});

// Which y each x goes to, and the shape of y, axes of `mask` removed.
std::vector<size_t> targets(const std::vector<int32_t>& dims, int32_t mask,
                            std::vector<int32_t>* y_dims) {
  size_t elements = 1;
  for (size_t axis = 0; axis < dims.size(); ++axis) {
    elements *= dims[axis];
    if ((mask >> axis & 1) == 0) y_dims->push_back(dims[axis]);
  }
  std::vector<size_t> result(elements);
  for (size_t i = 0; i < elements; ++i) {
    size_t rest = i, stride = 1;
    for (size_t axis = dims.size(); axis-- > 0;) {
      const size_t at = rest % dims[axis];
      rest /= dims[axis];
      if ((mask >> axis & 1) != 0) continue;
      result[i] += at * stride;
      stride *= dims[axis];
    }
  }
  return result;
}

template <typename T>
T join(int32_t operation, T a, T b) {
  using U = std::conditional_t<std::is_floating_point_v<T>, T, uint64_t>;
  switch (operation) {
    case kProduct:
      return static_cast<T>(static_cast<U>(a) * static_cast<U>(b));
    case kLargest:
      return std::max(a, b);
    case kSmallest:
      return std::min(a, b);
    case kAny:
      return a || b;
    case kAll:
      return a && b;
    default:
      return static_cast<T>(static_cast<U>(a) + static_cast<U>(b));
  }
}

// The elements of each y joined in order; no y is without one.
template <typename T>
std::vector<T> joined(int32_t operation, const std::vector<T>& x, const std::vector<size_t>& to) {
  std::vector<T> y(*std::max_element(to.begin(), to.end()) + 1);
  std::vector<bool> seen(y.size());
  for (size_t i = 0; i < x.size(); ++i) {
    y[to[i]] = seen[to[i]] ? join(operation, y[to[i]], x[i]) : x[i];
    seen[to[i]] = true;
  }
  return y;
}

template <typename T>
void check_plain(Type type, int32_t operation, int32_t flip, std::mt19937& random) {
  for (const auto& dims : kShapes) {
    for (int32_t mask = 0; mask < 1 << dims.size(); mask += 1 + (dims.size() > 5) * 6) {
      std::vector<int32_t> y_dims;
      const auto to = targets(dims, mask, &y_dims);
      const bool boolean = type == Type::kBool;
      const auto x = random_integers<T>(random, to.size(), boolean ? 0 : -120, boolean ? 2 : 120);
      KernelCase test;
      const int vx = test.arena(type, dims, {{0, 0, 0, 0}, flip, 0});
      const int vy = test.arena(type, y_dims, {{0, 0, 0, 0}, flip, 0});
      test.instruction("reduce", {vx, vy, operation, mask, 0, 0, 0, 0, 0, 0, 0});
      ASSERT_TRUE(test.bind(2, kIsas[random() % kIsas.size()])) << test.error();
      test.set(vx, x);
      test.run();
      const auto y = test.get<T>(vy);
      auto expected = joined(operation, x, to);
      const auto count = static_cast<int64_t>(x.size() / y.size());
      for (size_t i = 0; i < y.size(); ++i) {
        if (operation == kMean) expected[i] = static_cast<T>(expected[i] / count);
        if (boolean) expected[i] = expected[i] != 0;
        ASSERT_EQ(y[i], expected[i]) << "operation " << operation << ", axes " << mask;
      }
    }
  }
}

TEST(Reduce, IntegersOverEveryChoiceOfAxes) {
  std::mt19937 random(91);
  for (const int32_t operation : {kSum, kMean, kProduct, kLargest, kSmallest}) {
    check_plain<int32_t>(Type::kI32, operation, 0, random);
    check_plain<int64_t>(Type::kI64, operation, 0, random);
  }
  for (const int32_t operation : {kProduct, kLargest, kSmallest}) {
    check_plain<int16_t>(Type::kI16, operation, 0, random);
    check_plain<int8_t>(Type::kI8, operation, 0, random);
    check_plain<int8_t>(Type::kI8, operation, 0x80, random);
    check_plain<uint8_t>(Type::kU8, operation, 0, random);
  }
  for (const int32_t operation : {kAny, kAll}) {
    check_plain<uint8_t>(Type::kBool, operation, 0, random);
  }
}

TEST(Reduce, FloatsOverEveryChoiceOfAxes) {
  std::mt19937 random(92);
  for (const int32_t operation : {kSum, kMean, kProduct, kLargest, kSmallest}) {
    for (const auto& dims : kShapes) {
      for (int32_t mask = 0; mask < 1 << dims.size(); ++mask) {
        std::vector<int32_t> y_dims;
        const auto to = targets(dims, mask, &y_dims);
        const auto x = random_floats(random, to.size());
        KernelCase test;
        const int vx = test.arena(Type::kF32, dims), vy = test.arena(Type::kF32, y_dims);
        test.instruction("reduce", {vx, vy, operation, mask, 0, 0, 0, 0, 0, 0, 0});
        ASSERT_TRUE(test.bind()) << test.error();
        test.set(vx, x);
        test.run();
        const auto y = test.get<float>(vy);
        const auto expected = joined(operation, std::vector<double>(x.begin(), x.end()), to);
        const double count = static_cast<double>(x.size()) / static_cast<double>(y.size());
        for (size_t i = 0; i < y.size(); ++i) {
          ASSERT_NEAR(y[i], expected[i] / (operation == kMean ? count : 1), 2e-6 * count);
        }
      }
    }
  }
}

// Bytes or int16 as numbers.
std::vector<int64_t> numbers(Type type, const std::vector<int32_t>& stored) {
  std::vector<int64_t> result;
  for (const int32_t v : stored) {
    result.push_back(type == Type::kU8 ? static_cast<uint8_t>(v) : v);
  }
  return result;
}

template <typename T>
void check_quantized(Type type, int32_t flip, int32_t operation, int32_t form,
                     std::mt19937& random) {
  for (const auto& dims : kShapes) {
    for (int32_t mask = 0; mask < 1 << dims.size(); mask += 1 + (dims.size() > 5) * 2) {
      std::vector<int32_t> y_dims;
      const auto to = targets(dims, mask, &y_dims);
      const auto x = random_integers<T>(random, to.size(), -128, 127);
      const int32_t multiplier = (1 << 30) + static_cast<int32_t>(random() % (1 << 30));
      const int32_t shift = -static_cast<int32_t>(random() % 8), offset = -77, y_zero = 21;
      const float scale = 0.37f, bias = -41.25f;
      KernelCase test;
      const int vx = test.arena(type, dims, {{0, 0, 0, 0}, flip, 0});
      const int vy = test.arena(type, y_dims, {{0, 0, 0, 0}, flip, 0});
      test.instruction("reduce", {vx, vy, operation, mask, form, multiplier, shift, offset, y_zero,
                                  bits(scale), bits(bias)});
      ASSERT_TRUE(test.bind(2, kIsas[random() % kIsas.size()])) << test.error();
      test.set(vx, x);
      test.run();
      const auto y = test.get<T>(vy);
      auto in = numbers(type, std::vector<int32_t>(x.begin(), x.end()));
      std::vector<int64_t> all(y.size(), operation == kProduct ? 0 : offset * (form == 1));
      const auto wide = [&](int64_t v) {
        const int64_t factor = std::min(0x7fff, (multiplier + 0x8000) >> 16);
        return static_cast<int32_t>((v * factor + (int64_t{1} << (14 - shift))) >> (15 - shift));
      };
      std::vector<bool> seen(y.size());
      for (size_t i = 0; i < in.size(); ++i) {
        int64_t& a = all[to[i]];
        if (operation == kProduct) {
          a = seen[to[i]] ? wide(a * (in[i] + offset)) : in[i] + offset;
        } else {
          a += in[i];
        }
        seen[to[i]] = true;
      }
      const int64_t low = type == Type::kU8 ? 0 : type == Type::kI8 ? -128 : -32768;
      const int64_t high = type == Type::kU8 ? 255 : -low - 1;
      for (size_t i = 0; i < y.size(); ++i) {
        int64_t q = y_zero;
        if (operation == kProduct) {
          q += wide(all[i]);
        } else if (form == 1) {
          q += naive_requantize(2, static_cast<int32_t>(all[i]), multiplier, shift);
        } else {
          q += std::lround(static_cast<float>(all[i]) * scale + bias);
        }
        ASSERT_EQ(y[i], static_cast<T>(std::min(high, std::max(low, q)))) << "axes " << mask;
      }
    }
  }
}

TEST(Reduce, QuantizedOverEveryChoiceOfAxes) {
  std::mt19937 random(93);
  for (const auto& [operation, form] :
       std::vector<std::pair<int32_t, int32_t>>{{kMean, 1}, {kSum, 1}, {kSum, 2}, {kProduct, 1}}) {
    check_quantized<int8_t>(Type::kI8, 0, operation, form, random);
    check_quantized<int8_t>(Type::kI8, 0x80, operation, form, random);
    check_quantized<uint8_t>(Type::kU8, 0, operation, form, random);
    check_quantized<int16_t>(Type::kI16, 0, operation, form, random);
  }
}

TEST(Reduce, OfNothing) {
  const auto of = [](int32_t operation) {
    KernelCase test;
    const int vx = test.arena(Type::kF32, {2, 0}), vy = test.arena(Type::kF32, {2});
    test.instruction("reduce", {vx, vy, operation, 2, 0, 0, 0, 0, 0, 0, 0});
    EXPECT_TRUE(test.bind()) << test.error();
    test.run();
    return test.get<float>(vy)[1];
  };
  EXPECT_EQ(of(kSum), 0);
  EXPECT_TRUE(std::isnan(of(kMean)));
  EXPECT_EQ(of(kProduct), 1);
  EXPECT_EQ(of(kLargest), std::numeric_limits<float>::lowest());
  EXPECT_EQ(of(kSmallest), std::numeric_limits<float>::max());
}

TEST(Reduce, MutantsAreRefusedOrHarmless) {
  for (const int32_t operation : {kMean, kProduct}) {
    KernelCase test;
    const int vx = test.arena(Type::kI8, {2, 3, 4, 5}, {{0, 0, 0, 0}, 0x80, 0});
    const int vy = test.arena(Type::kI8, {2, 1, 1, 5});
    test.instruction("reduce", {vx, vy, operation, 6, 1, 1 << 30, -3, 4, 5, 0, 0});
    test.fuzz(4000, 300, 94);
  }
}

}  // namespace
}  // namespace octet::test
