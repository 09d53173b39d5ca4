// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>

#include "base/f16.h"
#include "broadcast_case.h"
#include "kernel_case.h"
#include "kernels/binary/binary.h"

namespace octet::test {
namespace {

const std::vector<Isa> kIsas = {
#define OCTET_BINARY(name) name.isa,
#include "kernels/binary/kernels.inc"
#undef OCTET_BINARY
};

constexpr float kNone = std::numeric_limits<float>::infinity();

std::vector<int32_t> fields_of(int a, int b, int y, BinaryOperation operation,
                               int32_t low = INT32_MIN, int32_t high = INT32_MAX,
                               float real_low = -kNone, float real_high = kNone) {
  return {a, b, y, static_cast<int32_t>(operation), low, high, bits(real_low), bits(real_high)};
}

// One instruction on a and b; checks y against `expected(a, b)` and gives its status.
template <typename T, typename Y, typename F>
void check(const Shapes& s, Type type, Type y_type, BinaryOperation operation,
           const std::vector<T>& a, const std::vector<T>& b, int32_t isa, const F& expected) {
  KernelCase test;
  const int va = test.arena(type, s.a), vb = test.arena(type, s.b), vy = test.arena(y_type, s.y);
  test.instruction("binary", fields_of(va, vb, vy, operation));
  ASSERT_TRUE(test.bind(2, isa)) << test.error();
  test.set(va, a);
  test.set(vb, b);
  test.run();
  const auto y = test.get<Y>(vy);
  for (size_t i = 0; i < y.size(); ++i) {
    ASSERT_EQ(y[i], expected(a[source(s.y, s.a, i)], b[source(s.y, s.b, i)]))
        << "operation " << static_cast<int>(operation) << ", element " << i;
  }
}

TEST(Binary, FloatsBroadcastOnEveryIsa) {
  std::mt19937 random(61);
  for (const int32_t isa : runnable(kIsas)) {
    for (const Shapes& s : kShapes) {
      const auto a = random_floats(random, product(s.a));
      const auto b = random_floats(random, product(s.b));
      const auto with = [&](BinaryOperation operation, float (*f)(float, float)) {
        check<float, float>(s, Type::kF32, Type::kF32, operation, a, b, isa, f);
      };
      with(BinaryOperation::kAdd, [](float p, float q) { return p + q; });
      with(BinaryOperation::kSub, [](float p, float q) { return p - q; });
      with(BinaryOperation::kMul, [](float p, float q) { return p * q; });
      with(BinaryOperation::kDiv, [](float p, float q) { return p / q; });
      with(BinaryOperation::kSquaredDifference, [](float p, float q) { return (p - q) * (p - q); });
      with(BinaryOperation::kMaximum, [](float p, float q) { return std::max(p, q); });
      with(BinaryOperation::kMinimum, [](float p, float q) { return std::min(p, q); });
      with(BinaryOperation::kAtan2, [](float p, float q) { return std::atan2(p, q); });
      with(BinaryOperation::kFloorMod, [](float p, float q) {
        const float rest = std::fmod(p, q);
        return rest != 0 && (rest < 0) != (q < 0) ? rest + q : rest;
      });
    }
  }
}

TEST(Binary, ResultsAreClamped) {
  std::mt19937 random(62);
  const auto a = random_floats(random, 100), b = random_floats(random, 100);
  const auto p = random_integers<int32_t>(random, 100, -9, 9);
  for (const int32_t isa : runnable(kIsas)) {
    KernelCase test;
    const int va = test.arena(Type::kF32, {100}), vb = test.arena(Type::kF32, {100});
    const int vp = test.arena(Type::kI32, {100});
    const int vy = test.arena(Type::kF32, {100}), vq = test.arena(Type::kI32, {100});
    test.instruction("binary", fields_of(va, vb, vy, BinaryOperation::kAdd, 0, 0, -0.5f, 0.75f));
    test.instruction("binary", fields_of(vp, vp, vq, BinaryOperation::kAdd, 0, 6));
    ASSERT_TRUE(test.bind(1, isa)) << test.error();
    test.set(va, a);
    test.set(vb, b);
    test.set(vp, p);
    test.run();
    const auto y = test.get<float>(vy);
    const auto q = test.get<int32_t>(vq);
    for (int i = 0; i < 100; ++i) {
      ASSERT_EQ(y[i], std::min(0.75f, std::max(-0.5f, a[i] + b[i])));
      ASSERT_EQ(q[i], std::min(6, std::max(0, 2 * p[i])));
    }
  }
}

template <typename T>
void check_integers(Type type, int32_t isa) {
  std::mt19937 random(63);
  const Shapes s = {{3, 1, 70}, {2, 1}, {3, 2, 70}};
  using Limit = std::numeric_limits<T>;
  std::vector<T> a(210), b = {static_cast<T>(-1), 3};
  for (T& x : a) x = static_cast<T>((uint64_t{random()} << 32) | random());
  a[0] = Limit::min();
  a[1] = Limit::max();
  const auto with = [&](BinaryOperation operation, auto f) {
    check<T, T>(s, type, type, operation, a, b, isa, [f](T p, T q) {
      return static_cast<T>(f(static_cast<__int128>(p), static_cast<__int128>(q)));
    });
  };
  const auto floor_div = [](__int128 p, __int128 q) {
    const __int128 quotient = p / q;
    return p % q != 0 && (p < 0) != (q < 0) ? quotient - 1 : quotient;
  };
  with(BinaryOperation::kAdd, [](__int128 p, __int128 q) { return p + q; });
  with(BinaryOperation::kMul, [](__int128 p, __int128 q) {
    return static_cast<unsigned __int128>(p) * static_cast<unsigned __int128>(q);
  });
  with(BinaryOperation::kMaximum, [](__int128 p, __int128 q) { return p > q ? p : q; });
  with(BinaryOperation::kMinimum, [](__int128 p, __int128 q) { return p < q ? p : q; });
  if (type == Type::kI8 || type == Type::kI16 || type == Type::kI32 || type == Type::kI64) {
    with(BinaryOperation::kFloorDiv, floor_div);
    with(BinaryOperation::kFloorMod,
         [&](__int128 p, __int128 q) { return p - floor_div(p, q) * q; });
  }
  if (type == Type::kI32) {
    with(BinaryOperation::kSub, [](__int128 p, __int128 q) { return p - q; });
    with(BinaryOperation::kDiv, [](__int128 p, __int128 q) { return p / q; });
  }
}

TEST(Binary, IntegersWrapAndNoQuotientTraps) {
  for (const int32_t isa : runnable(kIsas)) {
    check_integers<int8_t>(Type::kI8, isa);
    check_integers<uint8_t>(Type::kU8, isa);
    check_integers<int16_t>(Type::kI16, isa);
    check_integers<uint16_t>(Type::kU16, isa);
    check_integers<int32_t>(Type::kI32, isa);
    check_integers<uint32_t>(Type::kU32, isa);
    check_integers<int64_t>(Type::kI64, isa);
    check_integers<uint64_t>(Type::kU64, isa);
  }
}

TEST(Binary, ComparisonsGiveBool) {
  std::mt19937 random(64);
  const Shapes s = {{2, 3, 4, 5}, {4, 1}, {2, 3, 4, 5}};
  const auto a = random_integers<int16_t>(random, 120, -3, 3);
  const auto b = random_integers<int16_t>(random, 4, -3, 3);
  const auto with = [&](BinaryOperation operation, bool (*f)(int16_t, int16_t)) {
    check<int16_t, uint8_t>(s, Type::kI16, Type::kBool, operation, a, b, 0, f);
  };
  with(BinaryOperation::kEqual, [](int16_t p, int16_t q) { return p == q; });
  with(BinaryOperation::kNotEqual, [](int16_t p, int16_t q) { return p != q; });
  with(BinaryOperation::kLess, [](int16_t p, int16_t q) { return p < q; });
  with(BinaryOperation::kLessEqual, [](int16_t p, int16_t q) { return p <= q; });
  with(BinaryOperation::kGreater, [](int16_t p, int16_t q) { return p > q; });
  with(BinaryOperation::kGreaterEqual, [](int16_t p, int16_t q) { return p >= q; });
}

TEST(Binary, ShiftsStayInsideTheType) {
  const Shapes s = {{1}, {6}, {6}};
  check<int8_t, int8_t>(s, Type::kI8, Type::kI8, BinaryOperation::kShiftRight, {-100},
                        {-1, 0, 1, 7, 8, 127}, 0,
                        [](int8_t p, int8_t q) { return p >> std::min(7, std::max<int>(0, q)); });
  check<uint32_t, uint32_t>(s, Type::kU32, Type::kU32, BinaryOperation::kShiftRight, {0x80000001},
                            {0, 1, 31, 32, 33, 0xffffffff}, 0,
                            [](uint32_t p, uint32_t q) { return p >> std::min(31u, q); });
  check<int16_t, int16_t>(
      s, Type::kI16, Type::kI16, BinaryOperation::kShiftLeft, {3}, {0, 1, 14, 15, 16, 31}, 0,
      [](int16_t p, int16_t q) { return static_cast<int16_t>(static_cast<uint32_t>(p) << q); });
}

TEST(Binary, PowersOfIntegersThatDoNotFit) {
  const Shapes s = {{6}, {6}, {6}};
  const std::vector<int32_t> a = {2, -2, 46341, 0, -1, 3}, b = {31, 31, 2, 0, 2000000001, 19};
  KernelCase test;
  const int va = test.arena(Type::kI32, s.a), vb = test.arena(Type::kI32, s.b);
  const int vy = test.arena(Type::kI32, s.y), vw = test.arena(Type::kI32, s.y);
  test.instruction("binary", fields_of(va, vb, vy, BinaryOperation::kPow));
  test.instruction("binary", fields_of(va, vb, vw, BinaryOperation::kPowWrapping));
  ASSERT_TRUE(test.bind()) << test.error();
  test.set(va, a);
  test.set(vb, b);
  test.run();
  EXPECT_EQ(test.get<int32_t>(vy),
            (std::vector<int32_t>{INT32_MIN, INT32_MIN, INT32_MIN, 1, -1, 1162261467}));
  EXPECT_EQ(test.get<int32_t>(vw),
            (std::vector<int32_t>{INT32_MIN, INT32_MIN, -2147479015, 1, -1, 1162261467}));
}

TEST(Binary, ShortFloatsAreRoundedOnce) {
  const Shapes s = {{3}, {3}, {3}};
  const std::vector<uint16_t> a = {f32_to_f16(1), f32_to_f16(2048), f32_to_f16(60000)};
  const std::vector<uint16_t> b = {f32_to_f16(0.5), f32_to_f16(1), f32_to_f16(60000)};
  check<uint16_t, uint16_t>(s, Type::kF16, Type::kF16, BinaryOperation::kAdd, a, b, 0,
                            [](uint16_t p, uint16_t q) {
                              const float sum = f16_to_f32(p) + f16_to_f32(q);
                              return sum == 1.5f ? 0x3e00 : sum == 2049 ? 0x6800 : 0x7c00;
                            });
}

TEST(Binary, ZeroDivisorsAndNegativeExponentsEndTheRun) {
  const auto status = [](BinaryOperation operation, std::vector<int32_t> b) {
    KernelCase test;
    const int va = test.arena(Type::kI32, {3}), vb = test.arena(Type::kI32, {3});
    const int vy = test.arena(Type::kI32, {3});
    test.instruction("binary", fields_of(va, vb, vy, operation));
    EXPECT_TRUE(test.bind()) << test.error();
    test.set(va, std::vector<int32_t>{1, INT32_MIN, 3});
    test.set(vb, b);
    return test.status();
  };
  for (const auto operation :
       {BinaryOperation::kDiv, BinaryOperation::kFloorDiv, BinaryOperation::kFloorMod}) {
    EXPECT_EQ(status(operation, {1, -1, 3}), OCTET_OK);
    EXPECT_EQ(status(operation, {1, 2, 0}), OCTET_INDEX_OUT_OF_RANGE);
  }
  for (const auto operation : {BinaryOperation::kPow, BinaryOperation::kPowWrapping}) {
    EXPECT_EQ(status(operation, {1, 0, 3}), OCTET_OK);
    EXPECT_EQ(status(operation, {1, 2, -1}), OCTET_INDEX_OUT_OF_RANGE);
  }
}

TEST(Binary, BordersOfInputsAreSteppedOver) {
  std::mt19937 random(65);
  const std::vector<int32_t> dims = {2, 3, 4, 5};
  const auto a = random_floats(random, 120), b = random_floats(random, 120);
  KernelCase test;
  const int va = test.arena(Type::kF32, dims, {{1, 0, 2, 1}, 0, 0});
  const int vb = test.arena(Type::kF32, dims, {{0, 1, 1, 1}, 0, 0});
  const int vy = test.arena(Type::kF32, dims);
  test.instruction("binary", fields_of(va, vb, vy, BinaryOperation::kAdd));
  ASSERT_TRUE(test.bind()) << test.error();
  test.set(va, a);
  test.set(vb, b);
  test.run();
  const auto y = test.get<float>(vy);
  for (size_t i = 0; i < y.size(); ++i) ASSERT_EQ(y[i], a[i] + b[i]);
}

TEST(Binary, MutantsAreRefusedOrHarmless) {
  for (const Type type : {Type::kF32, Type::kI32, Type::kI8}) {
    KernelCase test;
    const int va = test.arena(type, {2, 3, 4, 5}, {{1, 0, 1, 0}, 0, 0});
    const int vb = test.arena(type, {3, 1, 5}), vy = test.arena(type, {2, 3, 4, 5});
    test.instruction("binary", fields_of(va, vb, vy, BinaryOperation::kMaximum, -9, 9, -9, 9));
    test.fuzz(3000, 300, 66);
  }
}

}  // namespace
}  // namespace octet::test
