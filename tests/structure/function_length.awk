# Prints "file:line: function of N lines" for every function longer than `limit` lines.
#
# A block is a function when what stands between the last ; { } and its opening brace has a list of
# parameters and is not a namespace, a type, or data. Lambdas and loops count as part of the
# function around them. Strings, characters and comments are taken out first; the lines of a raw
# string are text, not code, and do not count.

function strip(line,    out, c, next_two, i, n, quote, end) {
  out = ""
  n = length(line)
  for (i = 1; i <= n; ++i) {
    if (raw_end != "") {
      end = index(substr(line, i), raw_end)
      if (end == 0) return out
      i += end + length(raw_end) - 2
      raw_end = ""
      continue
    }
    next_two = substr(line, i, 2)
    if (in_comment) {
      if (next_two == "*/") { in_comment = 0; ++i }
      continue
    }
    if (next_two == "//") return out
    if (next_two == "/*") { in_comment = 1; ++i; continue }
    if (next_two == "R\"") {
      end = index(substr(line, i), "(")
      raw_end = ")" substr(line, i + 2, end - 3) "\""
      i += end - 1
      continue
    }
    c = substr(line, i, 1)
    if (c == "'" && out ~ /[0-9A-Fa-f]$/) continue  # 1'000
    if (c == "\"" || c == "'") {
      quote = c
      for (++i; i <= n && substr(line, i, 1) != quote; ++i) if (substr(line, i, 1) == "\\") ++i
      out = out "S"
      continue
    }
    out = out c
  }
  return out
}

function is_function(text) {
  if (text ~ /(^|[ \t])(namespace|class|struct|union|enum)[ \t]/ && text !~ /\)[^()]*$/) return 0
  if (text ~ /=[ \t]*$/) return 0
  return text ~ /\)/
}

FNR == 1 {
  depth = 0
  statement = ""
  raw_end = ""
  in_comment = 0
  inside = 0
}

/^[ \t]*#/ && raw_end == "" { next }

{
  if (raw_end != "") ++text_lines
  text = strip($0)
  n = length(text)
  for (i = 1; i <= n; ++i) {
    c = substr(text, i, 1)
    if (c == "{") {
      ++depth
      if (!inside && is_function(statement)) {
        inside = depth
        start = FNR
        text_lines = 0
      }
      statement = ""
    } else if (c == "}") {
      if (inside == depth && inside > 0) {
        lines = FNR - start + 1 - text_lines
        if (lines > limit) printf "%s:%d: function of %d lines\n", FILENAME, start, lines
        inside = 0
      }
      --depth
      statement = ""
    } else if (c == ";") {
      statement = ""
    } else {
      statement = statement c
    }
  }
  statement = statement " "
}
