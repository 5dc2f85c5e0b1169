// Command bench measures the console against baselines of the same run and
// writes docs/benchmarks.md. Contenders take turns in short rounds, because a
// shared machine has good and bad seconds; what counts are ratios within a
// round, and their median. `make bench` runs it.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

// settings say what is measured, and how long.
type settings struct {
	binary   string        // the console, as make built it
	source   string        // folder of the console's module, to build it plainly and to run its benchmarks; "" leaves that out
	folder   string        // where data is put while it runs: on a real disk
	database string        // URL of PostgreSQL; empty means SQLite in the data folder
	report   string        // the file to write
	links    int           // in the large data folder; the small one has fewLinks
	rounds   int           // how often each contender has its turn
	turn     time.Duration // how long a turn takes
	starts   int           // how often the console is started cold
	idle     time.Duration // how long it idles before its memory is read

	copyRounds int // how often each contender copies; 0 leaves copies out
	copyShare  int // copies only one part in so many of what is to be copied, if not 0
}

const (
	fewLinks  = 100
	pageLinks = 50 // links on a page of the list
	manyAtone = 16 // clients at once, where there is more than one
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench: "+err.Error())
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 2 && args[0] == baselineCommand {
		return serveBaseline(ctx, args[1])
	}
	if len(args) == 2 && args[0] == copyCommand {
		return copyObjects(ctx, args[1])
	}
	var s settings
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.StringVar(&s.binary, "binary", "../bin/console", "the console to measure")
	flags.StringVar(&s.source, "source", "..", "its module, to build it without linker flags, too; empty: don't")
	flags.StringVar(&s.folder, "folder", "out", "where the data is put for the time of the run")
	flags.StringVar(&s.report, "report", "../docs/benchmarks.md", "the file to write")
	flags.IntVar(&s.links, "links", 100_000, "links in the large data folder, a multiple of 50")
	flags.IntVar(&s.rounds, "rounds", 60, "turns of each contender")
	flags.DurationVar(&s.turn, "turn", 100*time.Millisecond, "length of a turn")
	flags.IntVar(&s.starts, "starts", 11, "cold starts of each kind")
	flags.IntVar(&s.copyRounds, "copies", 5, "rounds of copies; 0: none")
	flags.DurationVar(&s.idle, "idle", 5*time.Second, "idle time before the memory is read")
	if err := flags.Parse(args); err != nil {
		return err
	}
	report, err := measure(ctx, s)
	if err != nil {
		return err
	}
	if err := os.WriteFile(s.report, []byte(report), 0o644); err != nil { //nolint:gosec // a page for everybody
		return err
	}
	progress("written: %s", s.report)
	return nil
}

// measure runs everything and returns the report.
func measure(ctx context.Context, s settings) (string, error) {
	folder, err := workFolder(s.folder)
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(folder)
	s.folder = folder
	b := &bench{settings: s}
	defer b.stopAll()
	for _, part := range []func(context.Context) error{
		b.describe, b.startUp, b.prepare, b.pages, b.weights, b.signatures, b.signIns, b.creates, b.whitelists, b.aliasLists, b.away, b.auditLog, b.together,
		b.decisions, b.invocations, b.copies, b.memory, b.sizes, b.inside,
	} {
		if err := part(ctx); err != nil {
			return "", err
		}
	}
	return b.text(), nil
}

// workFolder makes an empty folder for the data of this run.
func workFolder(parent string) (string, error) {
	if err := os.MkdirAll(parent, 0o750); err != nil {
		return "", err
	}
	parent, err := filepath.Abs(parent)
	if err != nil {
		return "", err
	}
	return os.MkdirTemp(parent, "bench-")
}

// progress tells the person who waits.
func progress(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "==> "+format+"\n", args...)
}
