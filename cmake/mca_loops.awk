# SPDX-License-Identifier: Apache-2.0
# Reads a disassembly of aarch64 (objdump -d -w -C --no-show-raw-insn) and adds each hot loop to
# FOLDER/MODEL.s as a region for llvm-mca, one line to FOLDER/loops (id kernel function address
# instructions kind products stack copies, separated by tabs), and its accesses of vectors to the
# stack and copies of vector registers to FOLDER/findings (kernel: function: what).

# "" unless the instruction is a product of vectors; else its kind
function product(line) {
  if (line ~ /^(s|u|us|su)dot\t/) return "sdot"
  if (line ~ /^[su]ml(al|sl)2?\tv[0-9]+\.(8h|4s)/ || line ~ /^[su]mull2?\tv[0-9]+\.(8h|4s)/)
    return "smull"
  if (line ~ /^fml[as]\tv[0-9]+\./) return "fmla"
  return ""
}

function products(line, kind,   form) {
  match(line, /\tv[0-9]+\.[0-9]+[hsd]/)
  form = substr(line, RSTART, RLENGTH)
  sub(/^.*\./, "", form)
  lanes = form + 0
  return kind == "sdot" ? 4 * lanes : lanes
}

# What the assembler reads: labels in place of addresses.
function assembler(line) {
  sub(/[ \t]*\/\/.*$/, "", line)
  sub(/[ \t]+<.*$/, "", line)
  if (line ~ /^(b|bl|b\.[a-z]+|cbn?z|tbn?z|adrp?|ldr)\t/ && line !~ /\[/)
    sub(/[0-9a-f]+$/, ".Lthere", line)
  return line
}

function is_vector(line) { return line ~ /[\t ,{][vqds][0-9]+[.,} ]/ || line ~ /[\t ,{][vq][0-9]+/ }

function loop(first, last,   i, kind, found, count, stack, copies, form, old) {
  split("", count)
  for (i = first; i <= last; ++i) {
    kind = product(text[i])
    if (kind != "") count[kind] += products(text[i], kind)
    if (kind == "fmla") old = text[i] ~ /\.[48]h/ ? "8h" : "4s"
    if (kind == "smull") form = form == "8h" || text[i] ~ /\tv[0-9]+\.8h,/ ? "8h" : "4s"
    if (is_vector(text[i]) && text[i] ~ (framed ? "\\[(sp|x29)[],]" : "\\[sp[],]")) {
      ++stack
      finding("stack access", i)
    }
    if (text[i] ~ /^mov\tv[0-9]+\.(16b|8b), v[0-9]+\.(16b|8b)$/) {
      ++copies
      finding("register copy", i)
    }
  }
  kind = "sdot" in count ? "sdot" : "smull" in count ? "smull" : "fmla"
  found = count[kind]
  if (kind == "smull") kind = kind "." form
  if (kind == "fmla") kind = kind "." old
  ++loops
  id = kernel ":" loops
  printf "%s\t%s\t%s\t%s\t%d\t%s\t%d\t%d\t%d\n", id, kernel, name, at[first],
         last - first + 1, kind, found, stack, copies >>(folder "/loops")
  emit("cortex-a76", first, last)
  if (kernel !~ /dot$/ && kind != "sdot" && kind != "fmla.8h") emit("cortex-a72", first, last)
}

function finding(what, i) {
  printf "%s: %s: %s in a dot loop at %s: %s\n", kernel, name, what, at[i], text[i] >>(folder \
    "/findings")
}

function emit(model, first, last,   i, file) {
  file = folder "/" model ".s"
  printf "# LLVM-MCA-BEGIN %s\n", id >>file
  for (i = first; i <= last; ++i) printf "  %s\n", assembler(text[i]) >>file
  print "# LLVM-MCA-END" >>file
}

# The smallest loop around each product, each once; a loop around another is not innermost.
function function_end(   d, j, best) {
  if (name ~ function_regex)
    for (d = 0; d < count; ++d) {
      if (product(text[d]) == "") continue
      best = -1
      for (j = d; j < count; ++j)
        if (start[j] >= 0 && start[j] <= d && (best < 0 || j - start[j] < best - start[best]))
          best = j
      if (best < 0 || best in seen) continue
      seen[best] = 1
      if (innermost(start[best], best)) loop(start[best], best)
    }
  split("", seen)
  split("", index_of)
  count = 0
  framed = 0
  returned = 0
}

function innermost(first, last,   j) {
  for (j = first; j < last; ++j)
    if (start[j] >= first && has_products(start[j], j)) return 0
  return 1
}

function has_products(first, last,   j) {
  for (j = first; j <= last; ++j) if (product(text[j]) != "") return 1
  return 0
}

/^[0-9a-f]+ <.*>:$/ {
  function_end()
  name = $0
  sub(/^[0-9a-f]+ </, "", name)
  sub(/>:$/, "", name)
  gsub(/octet::|\(anonymous namespace\)::/, "", name)
  gsub(/^void |\t/, "", name)
  # arguments, but not those of a template
  sub(/\([^<>]*\)( const)?( \[clone .*)?$/, "", name)
  next
}
/^ *[0-9a-f]+:\t/ {
  address = $1
  sub(/:$/, "", address)
  at[count] = address
  index_of[address] = count
  line = $0
  sub(/^ *[0-9a-f]+:\t/, "", line)
  text[count] = line
  start[count] = -1
  if (line ~ /^mov\tx29, sp/) framed = 1
  if (line == "ret") returned = count
  if (line ~ /^(b|b\.[a-z]+|cbn?z|tbn?z)\t/) {
    to = line
    sub(/[ \t]+<.*$/, "", to)
    sub(/^.*[ \t]/, "", to)
    # what lies behind a return goes back to where it came from, around no loop
    if (to in index_of && index_of[to] >= returned) start[count] = index_of[to]
  }
  ++count
}
END { function_end() }
