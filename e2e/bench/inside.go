package main

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Goals of what is measured inside the program.
const (
	goalCheck = 1.3  // a staged check to its driver's own ping
	goalFlat  = 1.5  // with 100 times as many links
	goalAllow = 1.05 // a page to the same page where nobody asks who may see it
)

// inside runs the benchmarks of what a client cannot see alone: how much a
// staged check adds to the driver's own ping, what authorisation adds to a page, and
// what a schedule costs.
func (b *bench) inside(ctx context.Context) error {
	if b.source == "" {
		return nil
	}
	progress("checks, the scheduler and authorisation")
	cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", "^Benchmark(Check|Tick|ScheduledCheck|Authorisation)$",
		"-benchtime", "200x", "./internal/api/probe", "./internal/api/embedded", "./internal/handlers")
	cmd.Dir = b.source
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("benchmarks: %w\n%s", err, out)
	}
	found := readBenchmarks(string(out))
	b.authorisation(found)
	b.checks(found)
	b.schedule(found)
	return nil
}

// benchmarkLine is a line of go test: a name, how often, and pairs of a value
// and its unit.
var benchmarkLine = regexp.MustCompile(`(?m)^Benchmark(\S+?)(?:-\d+)?\s+\d+\s+(.*)$`)

// readBenchmarks returns what go test measured, by benchmark and unit.
func readBenchmarks(text string) map[string]map[string]float64 {
	found := map[string]map[string]float64{}
	for _, match := range benchmarkLine.FindAllStringSubmatch(text, -1) {
		values, words := map[string]float64{}, strings.Fields(match[2])
		for i := 0; i+1 < len(words); i += 2 {
			if n, err := strconv.ParseFloat(words[i], 64); err == nil {
				values[words[i+1]] = n
			}
		}
		found[match[1]] = values
	}
	return found
}

// authorisation says what it costs a page that somebody asks who may see it.
func (b *bench) authorisation(found map[string]map[string]float64) {
	var rows [][]string
	for _, page := range []struct{ name, key string }{
		{"list page, 50 links, editor", "list/editor"}, {"list page, 50 links, admin of the project", "list/admin"},
		{nameFormPage + ", editor", "form/editor"}, {nameFormPage + ", admin of the project", "form/admin"},
	} {
		m := found["Authorisation/"+page.key]
		rows = append(rows, []string{page.name, seconds(m["served-µs"] / 1e6), seconds(m["bare-µs"] / 1e6), seconds(m["roles-µs"] / 1e6), digits(m["ratio"])})
		b.goal("authorisation, "+page.name+", to the bare page", "≤ "+digits(goalAllow), digits(m["ratio"]), m["ratio"] > 0 && m["ratio"] <= goalAllow)
	}
	b.add(section{
		title: "Authorisation",
		lead: "Pages as they are served, in turns with the same pages of the same process over the bare control plane, where nobody asks " +
			"who may do what, no change has to be approved and the menu counts no requests. Who reads, and that the project is there, both " +
			"find out; what the roles add to those three questions (for ten projects, by a group) is measured alone, and taken off the " +
			"bare page for the ratio. 20 requests wait for approval. The admin's menu says how many; that of an editor does not ask. Medians of 200 turns.",
		head: []string{"page", "served", "bare", "of that for roles", "ratio"}, rows: rows,
	})
}

func (b *bench) checks(found map[string]map[string]float64) {
	var rows [][]string
	for _, system := range []string{"mysql", "postgresql", "redis"} {
		m := found["Check/"+system]
		rows = append(rows, []string{system, seconds(m["check-µs"] / 1e6), seconds(m["ping-µs"] / 1e6), digits(m["ratio"])})
		b.goal("staged check to the driver's connect and ping, "+system, "≤ "+digits(goalCheck), digits(m["ratio"]),
			m["ratio"] > 0 && m["ratio"] <= goalCheck)
	}
	b.add(section{
		title: "Checks",
		lead: "200 checks of a healthy server on this machine, in turns with what the server's own driver takes to connect and " +
			"ping. Medians.",
		head: []string{"system", "check", "ping", "check to ping"}, rows: rows,
	})
}

func (b *bench) schedule(found map[string]map[string]float64) {
	row := func(name, key string) []string {
		m := found[key]
		return []string{
			name, time.Duration(m["ns/op"]).Round(time.Microsecond).String(), kilobytes(int(m["B/op"])), digits(m["allocs/op"]),
		}
	}
	b.add(section{
		title: "The schedule",
		lead: "A tick asks what is due. A check is found, taken, asked (nobody listens), written down and due again; " +
			"SQLite, with every write on the disk.",
		head: []string{"", "time", "memory", "allocations"},
		rows: [][]string{
			row("tick, none of 100 links due", "Tick/0_of_100_due"),
			row("tick, none of 10,000 due", "Tick/0_of_10000_due"),
			row("tick, none of 100,000 due", "Tick/0_of_100000_due"),
			row("tick, 100 of 10,000 due", "Tick/100_of_10000_due"),
			row("tick, 100 of 100,000 due", "Tick/100_of_100000_due"),
			row("a check that is due, of 100 links", "ScheduledCheck/of_100"),
			row("a check that is due, of 10,000", "ScheduledCheck/of_10000"),
		},
	})
	for _, unit := range []struct{ name, unit string }{{"time", "ns/op"}, {"memory", "B/op"}} {
		few, many := found["ScheduledCheck/of_100"][unit.unit], found["ScheduledCheck/of_10000"][unit.unit]
		if few > 0 {
			b.goal("a scheduled check, 10,000 links to 100, "+unit.name, "≤ "+digits(goalFlat), digits(many/few), many/few <= goalFlat)
		}
	}
}
