// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdlib>

#include "guarded.h"
#include "kernels/_template/_template.h"
#include "kernels/_template/reference.h"

namespace octet {
namespace {

struct Named {
  Isa isa;
  AddScalar function;
  const char* name;
};
const Named kKernelsHere[] = {
#define OCTET_KERNEL(isa, function) {isa, function, #function},
#include "kernels/_template/kernels.inc"
#undef OCTET_KERNEL
};

class TemplateTest : public testing::TestWithParam<Named> {};

TEST_P(TemplateTest, EqualsTheReference) {
  if (!isa_covers(active_isa(), GetParam().isa)) {
    GTEST_SKIP() << "no " << isa_name(GetParam().isa) << " here";
  }
  for (const int32_t n : {0, 1, 31, 32, 33, 63, 64, 65, 100}) {
    for (const int32_t addend : {0, 1, 128, 255}) {
      Guarded x(n), y(n);
      for (int32_t i = 0; i < n; ++i) x.data()[i] = static_cast<uint8_t>(std::rand());
      GetParam().function(x.data(), addend, n, y.data());
      for (int32_t i = 0; i < n; ++i) {
        ASSERT_EQ(y.data()[i], reference::add_scalar(x.data()[i], addend)) << n << " " << i;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Kernels, TemplateTest, testing::ValuesIn(kKernelsHere),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace octet
