package main

import (
	_ "embed"
	"strings"

	"switchboard/internal/testserver"
)

// bench is one run.
type bench struct {
	settings
	few, many *site   // consoles with few and with many links
	watched   *site   // with as many as many, each with a schedule and a history
	lists     *site   // with whitelists
	others    []*site // and the rest
	postgres  *testserver.Server
	bare      *program // the baseline's server
	machine   [][]string
	goals     [][]string
	sections  []section
}

// section is a table of the report, with what it takes to read it.
type section struct {
	title, lead string
	head        []string
	rows        [][]string
}

func (b *bench) add(s section) { b.sections = append(b.sections, s) }

// goal compares a figure with what was promised.
func (b *bench) goal(what, wanted, got string, met bool) {
	verdict := "missed"
	if met {
		verdict = "met"
	}
	b.goals = append(b.goals, []string{what, wanted, got, verdict})
}

func (b *bench) stopAll() {
	for _, p := range b.programs() {
		if err := p.stop(); err != nil {
			progress("a server did not end in order: %v", err)
		}
	}
}

func (b *bench) programs() []*program {
	all := []*program{b.bare}
	for _, s := range append([]*site{b.few, b.many, b.watched, b.lists}, b.others...) {
		if s != nil {
			all = append(all, s.program)
		}
	}
	return all
}

//go:embed preface.md
var preface string

// text is the report.
func (b *bench) text() string {
	var out strings.Builder
	out.WriteString(preface)
	all := append([]section{
		{title: "Goals", head: []string{"what", "goal", "measured", ""}, rows: b.goals},
		{title: "Machine", head: []string{"", ""}, rows: b.machine},
	}, b.sections...)
	for _, s := range all {
		out.WriteString("\n## " + s.title + "\n")
		if s.lead != "" {
			out.WriteString("\n" + s.lead + "\n")
		}
		out.WriteString("\n" + line(s.head) + strings.Repeat("|---", len(s.head)) + "|\n")
		for _, row := range s.rows {
			out.WriteString(line(row))
		}
	}
	return out.String()
}

func line(cells []string) string { return "| " + strings.Join(cells, " | ") + " |\n" }
