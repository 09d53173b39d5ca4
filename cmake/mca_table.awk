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
    leads($2 SUBSEP $3, model)
    leads($2 SUBSEP substr($6, 1, 4), model)
    leads($2 SUBSEP "any", model)
  }
}

function leads(what, model,   key) {
  key = what SUBSEP model
  if (!(key in best) || rate[n, model] > rate[best[key], model]) best[key] = n
}

function peak(kind, model) { return 30 * lanes[kind] / cycles[model, "peak:" kind] }

function print_row(n, model,   f) {
  split(row[n], f, "\t")
  printf "%-22s %-5s %-8s %5d %7.1f %5d %9.2f %4.0f%% %5d %6d  %s+%s\n", f[2], substr(model, 8), f[6],
         f[5], cycles[model, f[1]], f[7], rate[n, model], 100 * rate[n, model] / peak(f[6], model),
         f[8], f[9], f[3], f[4]
}

# The best loop of one kind in a kernel must do `least` products a cycle, or that part of the peak.
function check(kernel, kind, model, least, of_peak,   key, n, f, value, ok) {
  key = kernel SUBSEP kind SUBSEP model
  if (!(key in best)) {
    printf "FAILED  %s on %s: no loop of %s\n", kernel, model, kind
    ++failures
    return
  }
  n = best[key]
  split(row[n], f, "\t")
  value = of_peak ? 100 * rate[n, model] / peak(f[6], model) : rate[n, model]
  # two decimals, as printed
  ok = int(value * 100 + 0.5) >= int(least * 100 + 0.5) && f[8] + f[9] == 0
  printf "%s  %s on %s: %.2f%s (at least %s), %d stack accesses, %d register copies\n",
         ok ? "ok    " : "FAILED", kernel, model, value, of_peak ? " % of the peak" : " MAC/cycle",
         least, f[8], f[9]
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
      if (all || best[f[2], f[3], model] == n) print_row(n, model)
    }
  if (!checks) exit 0
  print ""
  check("gemm_i8/arm_neondot", "sdot", "cortex-a76", 28, 0)
  check("gemm_i8/arm_neon", "smul", "cortex-a72", 7.9, 0)
  check("dwconv_i8/arm_neondot", "any", "cortex-a76", 5, 0)
  check("dwconv_i8/arm_neon", "any", "cortex-a72", 3.5, 0)
  check("conv_f32/arm_neon", "fmla", "cortex-a72", 90, 1)
  check("conv_f32/arm_neon", "fmla", "cortex-a76", 90, 1)
  exit failures > 0
}
