#include "examples/report/style.h"

#include <fmt/format.h>

namespace heed::report {

// The eight series colours follow Okabe and Ito 2008, "Color Universal Design", which people with
// any colour vision tell apart; darker on white and lighter on black, for a contrast of 4.5 and
// more. Where there are more series than colours, dashes go on counting.
std::string_view style_sheet() {
  return R"css(
:root { color-scheme: light dark;
  --paper: #fff; --ink: #1b1f24; --quiet: #5b6570; --rule: #d9dee4; --soft: #f4f6f8;
  --good: #007a5a; --doubtful: #8a6100; --bad: #b8400a; --accent: #005ea8; --without: #a0467d;
  --zone: #dfe3e8; --heat: #003f88; --cold: #b8400a;
  --c0: #0067ac; --c1: #c25100; --c2: #00805c; --c3: #b0578c; --c4: #966900; --c5: #1f7dae;
  --c6: #5b6570; --c7: #5a4a8c; }
@media (prefers-color-scheme: dark) { :root {
  --paper: #14171a; --ink: #e8ebee; --quiet: #a3adb7; --rule: #343a41; --soft: #1d2125;
  --good: #3ecf9f; --doubtful: #e8b54a; --bad: #ff8a55; --accent: #5cb3ff; --without: #e08cc0;
  --zone: #2c3238; --heat: #8cc8ff; --cold: #ff8a55;
  --c0: #4fa8ec; --c1: #f08a45; --c2: #2fc496; --c3: #e08cc0; --c4: #e8b54a; --c5: #7cc9f2;
  --c6: #a3adb7; --c7: #b9aaf0; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; }
main, header, footer { max-width: 1120px; margin: 0 auto; padding: 0 20px; }
header { padding-top: 36px; }
h1 { font-size: 2rem; line-height: 1.15; margin: 0 0 .4rem; letter-spacing: -.02em; }
h2 { font-size: 1.35rem; margin: 3rem 0 .5rem; padding-top: .9rem;
  border-top: 2px solid var(--ink); }
h3 { font-size: 1.05rem; margin: 1.6rem 0 .2rem; display: inline-block; }
p { margin: .4rem 0; max-width: 46rem; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; padding: 0;
  margin: 1rem 0 0; }
.lead { font-size: 1.15rem; max-width: none; }
.note, .paper, .title, .spread, .kind { color: var(--quiet); font-size: .875rem; }
.metric { white-space: nowrap; }
.tag { color: var(--quiet); font: .8rem ui-monospace, monospace; margin-left: .6rem; }
.label { font: 600 .9rem ui-monospace, "SF Mono", Menlo, Consolas, monospace;
  overflow-wrap: anywhere; }
.tiles { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .6rem;
  margin: .8rem 0; }
.tiles li { background: var(--soft); border-left: 4px solid; padding: .5rem .9rem; }
.tiles b { font-size: 1.5rem; }
.tiles .good, .strips .good { border-color: var(--good); }
.tiles .doubtful, .strips .doubtful { border-color: var(--doubtful); }
.tiles .bad, .strips .bad { border-color: var(--bad); }
.tiles .compared, .strips .compared { border-color: var(--rule); }
.key { display: grid; grid-template-columns: repeat(auto-fill, minmax(16rem, 1fr));
  gap: .7rem 1.6rem; }
.key div { display: grid; grid-template-columns: 38px 1fr; align-content: start; }
.key svg { grid-row: span 2; }
.key dt { display: contents; font-weight: 600; }
.key dd { grid-column: 2; margin: 0; font-size: .875rem; color: var(--quiet); }
.task { break-inside: avoid; }
.strips { list-style: none; padding: 0; margin: .3rem 0 0; }
.strips li { display: grid; grid-template-columns: 13rem 3.6rem minmax(12rem, 1fr) 19rem;
  gap: 0 .9rem;
  align-items: center; padding: .3rem 0 .3rem .7rem; border-left: 4px solid; margin-bottom: 3px;
  background: var(--soft); }
.strips li.scale { background: none; border-color: transparent; padding-block: 0; }
.strips .scale svg { grid-column: 3; }
.who span { display: block; line-height: 1.25; }
.figure { font-variant-numeric: tabular-nums; font-weight: 600; text-align: right; }
.words { font-size: .875rem; }
svg { display: block; overflow: visible; }
svg text { fill: var(--quiet); font: 11px system-ui, sans-serif;
  font-variant-numeric: tabular-nums; }
.strip .track { stroke: var(--rule); stroke-width: 2; }
.strip .score { fill: var(--accent); stroke: var(--soft); stroke-width: 1.5; fill-opacity: .85; }
.strip .level { stroke: var(--good); stroke-width: 2; } .strip .flag { fill: var(--good); }
.strip .chance { stroke: var(--ink); stroke-width: 2; stroke-dasharray: 3 2; }
.strip .ablated { fill: var(--soft); stroke: var(--bad); stroke-width: 2; }
.strip .without { fill: var(--soft); stroke: var(--without); stroke-width: 2; }
.strip .floor { fill: var(--zone); }
.strip .ceiling { fill: url(#hatch); }
.hatch-line { stroke: var(--quiet); stroke-width: 1.2; stroke-opacity: .55; }
.defs { position: absolute; width: 0; height: 0; }
.panels { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 430px),
  1fr)); gap: 1rem 2rem; }
figure { margin: .8rem 0; break-inside: avoid; }
.grid { stroke: var(--rule); } .base { stroke: var(--quiet); }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; } .band { fill-opacity: .16; }
.leader { fill: none; stroke-width: 1; stroke-opacity: .6; }
svg .name { font-weight: 600; }
.line.c0, .leader.c0 { stroke: var(--c0); } .band.c0, svg .name.c0 { fill: var(--c0); }
.line.c1, .leader.c1 { stroke: var(--c1); } .band.c1, svg .name.c1 { fill: var(--c1); }
.line.c2, .leader.c2 { stroke: var(--c2); } .band.c2, svg .name.c2 { fill: var(--c2); }
.line.c3, .leader.c3 { stroke: var(--c3); } .band.c3, svg .name.c3 { fill: var(--c3); }
.line.c4, .leader.c4 { stroke: var(--c4); } .band.c4, svg .name.c4 { fill: var(--c4); }
.line.c5, .leader.c5 { stroke: var(--c5); } .band.c5, svg .name.c5 { fill: var(--c5); }
.line.c6, .leader.c6 { stroke: var(--c6); } .band.c6, svg .name.c6 { fill: var(--c6); }
.line.c7, .leader.c7 { stroke: var(--c7); } .band.c7, svg .name.c7 { fill: var(--c7); }
.line.d1 { stroke-dasharray: 7 4; } .line.d2 { stroke-dasharray: 2 3; }
.maps { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 19rem), 1fr));
  gap: 1rem 2rem; align-items: start; }
.map { min-width: 0; }
.map svg { width: 100%; }
.map svg text { font-size: 9.5px; }
.cells rect { width: .94px; height: .94px; fill: var(--heat); }
.cells path { fill: none; stroke: var(--rule); stroke-width: .04; }
.cells .less { fill: var(--cold); } .cells .gap { fill: var(--quiet); opacity: .4; }
.legend { display: flex; align-items: center; gap: .5rem; font-size: .8rem;
  font-variant-numeric: tabular-nums; }
.ramp { width: 90px; height: 10px; border: 1px solid var(--rule);
  background: linear-gradient(to right, transparent, var(--heat)); }
.ramp.both { background: linear-gradient(to right, var(--cold), transparent, var(--heat)); }
summary { cursor: pointer; font-size: .8rem; color: var(--accent); }
.scroll { overflow-x: auto; max-width: 100%; margin: .6rem 0; }
.wide svg { min-width: 1000px; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }
th, td { padding: .32rem .6rem; text-align: right; vertical-align: top; white-space: nowrap;
  border-bottom: 1px solid var(--rule); }
thead th { color: var(--quiet); font-weight: 600; vertical-align: bottom; white-space: normal; }
thead th:last-child, td.words { text-align: left; }
th:first-child { text-align: left; }
tr.task th { text-align: left; padding-top: .9rem; background: none; }
tbody th[scope=row] { position: sticky; left: 0; background: var(--paper); font-weight: 400;
  text-align: left; }
td.words { white-space: normal; text-align: left; min-width: 11rem; }
.spread { display: block; font-size: .78rem; }
.bar { background: linear-gradient(var(--rule), var(--rule)) right bottom / var(--share,
  0%) 4px no-repeat; }
table.numbers { font-size: .72rem; } .numbers th, .numbers td { padding: .1rem .35rem; }
.facts div { display: grid; grid-template-columns: minmax(8rem, 15rem) 1fr; gap: 0 1rem;
  padding: .25rem 0;
  border-bottom: 1px solid var(--rule); font-size: .9rem; }
.facts dt { font-weight: 600; overflow-wrap: anywhere; } .facts dd { margin: 0;
  overflow-wrap: anywhere; }
.failures li { margin: .3rem 0; overflow-wrap: anywhere; }
footer { margin: 3rem auto 2rem; color: var(--quiet); font-size: .875rem; }
@media (max-width: 860px) {
  h1 { font-size: 1.6rem; }
  .strips li { grid-template-columns: 1fr auto; gap: .1rem .6rem; padding-right: .5rem; }
  .strips li > .strip, .strips li > .words, .strips .scale svg { grid-column: 1 / -1; }
  .facts div { grid-template-columns: 1fr; } }
@media print { nav, details { display: none; } body { font-size: 11px; }
  .scroll { overflow: visible; } * { print-color-adjust: exact;
  -webkit-print-color-adjust: exact; } }
)css";
}

Markup page_head(std::string_view title, std::string_view own_style) {
  const auto meta = [](const char* name, const char* content) {
    return fmt::format("<meta name=\"{}\" content=\"{}\">", name, content);
  };
  return Markup::trusted("<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">")
      .add(Markup::trusted(meta("viewport", "width=device-width, initial-scale=1")))
      .add(Markup::trusted(meta("color-scheme", "light dark")))
      .add(element("title", {}, title))
      .add(element("style", {}, Markup::trusted(style_sheet()), Markup::trusted(own_style)))
      .close("head");
}

}  // namespace heed::report
