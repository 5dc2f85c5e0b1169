package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// goalStart is how long the first page may take from the start of the process.
const goalStart = 300 * time.Millisecond

// startUp measures from the start of the process to the first page, and what
// it holds in memory when it then has nothing to do.
func (b *bench) startUp(ctx context.Context) error {
	progress("cold start, %d times on a new and on an existing data folder", b.starts)
	var fresh, existing []time.Duration
	for i := range b.starts {
		folder := filepath.Join(b.folder, fmt.Sprintf("start-%d", i))
		for _, times := range []*[]time.Duration{&fresh, &existing} {
			took, err := b.startOnce(ctx, folder)
			if err != nil {
				return err
			}
			*times = append(*times, took)
		}
		if err := os.RemoveAll(folder); err != nil {
			return err
		}
	}
	rows := [][]string{}
	for _, kind := range []struct {
		name  string
		times []time.Duration
	}{{"a new data folder: key, schema, account, project", fresh}, {"an existing data folder", existing}} {
		took := median(kind.times) // sorts
		rows = append(rows, []string{kind.name, seconds(took.Seconds()), seconds(kind.times[len(kind.times)-1].Seconds())})
		b.goal("cold start to the first page, "+kind.name, "< "+seconds(goalStart.Seconds()), seconds(took.Seconds()), took < goalStart)
	}
	b.add(section{
		title: "Cold start",
		lead:  "From the start of the process to the last byte of `/sign-in`. The binary is in the file cache.",
		head:  []string{"start on", "median", "slowest"}, rows: rows,
	})
	return nil
}

func (b *bench) startOnce(ctx context.Context, folder string) (time.Duration, error) {
	began := time.Now()
	p, err := b.console(ctx, folder)
	if err != nil {
		return 0, err
	}
	_, err = newClient(p).must(ctx, http.MethodGet, "/sign-in", nil)
	took := time.Since(began)
	if stopped := p.stop(); err == nil {
		err = stopped
	}
	return took, err
}

// memory reads what a console holds that has just started, and what those hold
// that served the measurements.
func (b *bench) memory(ctx context.Context) error {
	progress("memory, after %s without a request", b.idle)
	idle, err := b.console(ctx, filepath.Join(b.folder, "idle"))
	if err != nil {
		return err
	}
	defer func() { _ = idle.stop() }()
	if _, err := newClient(idle).must(ctx, http.MethodGet, "/sign-in", nil); err != nil {
		return err
	}
	select {
	case <-time.After(b.idle):
	case <-ctx.Done():
		return ctx.Err()
	}
	var rows [][]string
	for _, p := range []struct {
		name string
		*program
	}{
		{fmt.Sprintf("started, one page served, %s idle", b.idle), idle},
		{"after the list pages of 100 links and all links created here", b.few.program},
		{fmt.Sprintf("after the list pages of %s links", thousands(b.links)), b.many.program},
	} {
		resident, anonymous, err := p.memory()
		if err != nil {
			return err
		}
		rows = append(rows, []string{p.name, megabytes(resident), megabytes(anonymous)})
	}
	b.add(section{
		title: "Memory",
		lead:  "Resident memory of the console's process; the second figure is without what is mapped from files, which is mostly the binary.",
		head:  []string{"when", "resident", "of that not from files"}, rows: rows,
	})
	return nil
}

// thousands prints a count: 100,000.
func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}
