# SPDX-License-Identifier: Apache-2.0
# Joins FOLDER/loops (standard input) with what llvm-mca wrote in FOLDER/MODEL.out, prints the table
# and, with checks=1, what the kernels must reach.
BEGIN {
  FS = "\t"
  model_count = split(models, model_list, " ")
  for (m = 1; m <= model_count; ++m) {
    model = model_list[m]
    while ((getline line < (folder "/" model ".out")) > 0) {
      if (line ~ /^\[[0-9]+\] Code Region/) {
        sub(/^\[[0-9]+\] Code Region - /, "", line)
        region = line
      } else if (line ~ /^Total Cycles:/) {
        sub(/^Total Cycles: */, "", line)
        cycles[model, region] = line / 1000
      }
    }
  }
  lanes["sdot"] = 16
  lanes["smull.8h"] = lanes["fmla.8h"] = 8
  lanes["smull.4s"] = lanes["fmla.4s"] = 4
}

{
  n = NR
  row[n] = $0
  for (m = 1; m <= model_count; ++m) {
    model = model_list[m]
    if (!((model, $1) in cycles)) continue
    rate[n, model] = $7 / cycles[model, $1]
    # of each function, or of all of a kernel where there are only the library's own objects to show
    key = $2 SUBSEP (checks ? "" : $3) SUBSEP model
    if (!(key in best) || rate[n, model] > rate[best[key], model]) best[key] = n
  }
}

function peak(kind, model) { return 30 * lanes[kind] / cycles[model, "peak:" kind] }

function print_row(n, model,   f) {
  split(row[n], f, "\t")
  printf "%-22s %-5s %-8s %5d %7.1f %5d %9.2f %4.0f%% %5d %6d  %s+%s\n", f[2], substr(model, 8),
         f[6], f[5], cycles[model, f[1]], f[7], rate[n, model],
         100 * rate[n, model] / peak(f[6], model), f[8], f[9], f[3], f[4]
}

# The best loop of functions of a kernel must do `least` products a cycle, or that part of the peak.
function check(kernel, functions, model, least, of_peak,   n, top, f, value, ok) {
  top = 0
  for (n = 1; n <= NR; ++n) {
    split(row[n], f, "\t")
    if (f[2] == kernel && f[3] ~ functions && (n, model) in rate &&
        (top == 0 || rate[n, model] > rate[top, model]))
      top = n
  }
  if (top == 0) {
    printf "FAILED  %s on %s: no loop in %s\n", kernel, model, functions
    ++failures
    return
  }
  split(row[top], f, "\t")
  value = rate[top, model]
  if (of_peak) value *= 100 / peak(f[6], model)
  # two decimals, as printed
  ok = int(value * 100 + 0.5) >= int(least * 100 + 0.5) && f[8] + f[9] == 0
  printf "%s  %s on %s: %.2f%s (at least %s), %d stack accesses, %d register copies: %s\n",
         ok ? "ok    " : "FAILED", kernel, model, value, of_peak ? " % of the peak" : " MAC/cycle",
         least, f[8], f[9], f[3]
  if (!ok) ++failures
}

END {
  printf "%-22s %-5s %-8s %5s %7s %5s %9s %5s %5s %6s  %s\n", "kernel", "model", "kind", "instr",
         "cycles", "MAC", "MAC/cycle", "peak", "stack", "copies", "function+address"
  for (n = 1; n <= NR; ++n)
    for (m = 1; m <= model_count; ++m) {
      model = model_list[m]
      if (!((n, model) in rate)) continue
      split(row[n], f, "\t")
      if (all || best[f[2], checks ? "" : f[3], model] == n) print_row(n, model)
    }
  if (!checks) exit 0
  print ""
  check("gemm_i8/arm_neondot", "tile", "cortex-a76", 28, 0)
  check("gemm_i8/arm_neon", "tile", "cortex-a72", 7.9, 0)
  # a 3x3 window is run_ring or run_nine: a loop over pixels, conversion to bytes and all
  check("dwconv_i8/arm_neondot", "run_(ring|nine)", "cortex-a76", 5, 0)
  check("dwconv_i8/arm_neon", "run_(ring|nine)", "cortex-a72", 3.5, 0)
  check("conv_f32/arm_neon", "run_tile", "cortex-a72", 90, 1)
  check("conv_f32/arm_neon", "run_tile", "cortex-a76", 90, 1)
  exit failures > 0
}
