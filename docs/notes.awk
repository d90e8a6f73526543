# Headers as doxygen reads them: notes in our headers are plain comments and plain text, and this
# makes doxygen's comments of them without letting it take a formula for markup.
#
#   the note at the top           the page of the header, a topic below that of its folder
#   // above a function           its note, and that of the functions that follow up to a blank line
#                                 or another note
#   // above anything else        its note
#   // behind a declaration       its note
#   //   indented by three        as it stands: a formula, a few lines of code
#   // Word    in two columns     a paragraph with that heading
#   a class without a note        has that of its file, which holds one idea; a struct points to it
#
# Called as awk -v root=FOLDER -f notes.awk HEADER, with paths given from FOLDER.

# Prose without what doxygen would read as a command, a link or a tag. The dot of an abbreviation is
# not the end of the first sentence, which doxygen takes for the summary.
function escaped(text) {
  gsub(/::|[\\@<>#%&*]/, "\\\\&", text)
  gsub(/ _/, " \\_", text)
  gsub(/(\.\.| al| eq| e\.g|^eq|^al)\. /, "&\\ ", text)
  gsub(/\. \\ /, ".\\ ", text)
  return text
}

# `Code` and "quotations" doxygen leaves as they are.
function plain(text,    out) {
  while (match(text, /`[^`]*`|"[^"]*"/)) {
    out = out escaped(substr(text, 1, RSTART - 1)) substr(text, RSTART, RLENGTH)
    text = substr(text, RSTART + RLENGTH)
  }
  return out escaped(text)
}

# Starts or ends a stretch that stands as it is.
function literally(on,    out) {
  if (on != literal) out = on ? "\\verbatim\n" : "\\endverbatim\n"
  literal = on
  return out
}

# The lines 1 to `count` of the note as a comment of doxygen's.
function rendered(count,    i, text, out, blank, column) {
  for (i = 1; i <= count; ++i) {
    text = note[i]
    if (text ~ /^ *$/) {
      blank = "\n"
      continue
    }
    if (match(text, /^ [A-Z][a-z]+   */)) {
      column = RLENGTH
      match(text, /[A-Za-z]+/)
      out = out literally(0) blank "\\par " substr(text, RSTART, RLENGTH) "\n"
    } else if (!column || !match(text, /^ */) || RLENGTH != column) {
      out = out (text ~ /^   / ? blank literally(1) : literally(0) blank)
      column = 0
    }
    out = out (literal ? text : plain(substr(text, column ? column : 1))) "\n"
    blank = ""
  }
  out = out literally(0)
  gsub(/\*\//, "* /", out)
  return out
}

function page_of(path) {
  sub(/\.h$/, "", path)
  gsub(/\//, "_", path)
  return path
}

# The topic that the page of a header belongs to: its folder's, which for operations is ops.h.
function topic_above(path) {
  return path ~ /^autograd\/ops\// ? "autograd_ops" : substr(path, 1, index(path, "/") - 1)
}

# How many more braces `text` opens than it closes.
function depth_of(text) { return gsub(/{/, "", text) - gsub(/}/, "", text) }

# What begins on this line: a class or struct with members, a concept, a function, or a value or
# something else that shares no note.
function kind_of(line) {
  if (line ~ / = (default|delete);$/) return "value"
  sub(/ = .*/, "", line)
  sub(/^ *(requires [^;]*> )?/, "", line)
  if (line ~ /^concept /) return "concept"
  if (line ~ /^(class|struct) .*{$/) return substr(line, 1, index(line, " ") - 1)
  if (line ~ /^(explicit )?[A-Z][A-Za-z]*\(/) return "constructor"
  return line ~ /\(/ && line !~ /\(\*|std::function</ ? "function" : "value"
}

# Prints the note above the declaration that begins here. Constructors share with each other only.
function begin_declaration(    kind_before) {
  kind_before = kind
  kind = kind_of($0)
  if (kind == "value" || behind != "" || kind != kind_before) shared = ""
  if (lines) shared = rendered(lines)
  else if (kind == "class" || kind == "concept") shared = about
  else if (kind == "struct") shared = "Belongs to \\ref " page_of(path) " \"" path "\".\n"
  lines = 0
  if (shared != "") print "/**\n" shared "*/"
}

BEGIN {
  path = substr(ARGV[1], length(root) + 2)
}

# Inside of a function nothing is a note.
body > 0 {
  body += depth_of($0)
  sub(/ *\/\/.*/, "")
  print
  next
}

/^ *\/\// {
  shared = ""
  sub(/^ *\/\//, "")
  note[++lines] = $0
  next
}

/^#pragma once/ {
  about = rendered(lines)
  lines = 0
  print "/**\n" about "\\defgroup " page_of(path) " " path
  if (path ~ /\//) print "\\ingroup " topic_above(path)
  print "*/"
  next
}

/^namespace heed::inline HEED_REAL/ {
  sub(/::inline HEED_REAL/, "")
  print $0 " /** \\addtogroup " page_of(path) "\n@{ */"
  next
}

/^}  \/\/ namespace heed::inline HEED_REAL/ {
  print "/** @} */ }"
  next
}

# Where a note or what shares one ends.
/^ *$/ || /^ *#/ || /^ *}/ || /^ *(public|private|protected):/ {
  lines = inside = 0
  shared = ""
  sub(/  \/\/.*/, "")
  print
  next
}

# What a template is of stands on the next line.
/^ *template / && !/[;{}]$/ {
  held = held $0 "\n"
  next
}

{
  behind = ""
  if (match($0, /  \/\/ /)) {
    behind = substr($0, RSTART + RLENGTH)
    $0 = substr($0, 1, RSTART - 1)
    behind = " /**< " plain(behind) " */"
  }
  if (!inside) begin_declaration()
  print held $0 behind
  held = ""
  inside = !/[;{}] *$/
  if (/{$/ && kind ~ /^(function|constructor|concept)$/) body = 1
}
