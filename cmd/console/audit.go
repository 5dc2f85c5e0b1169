package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"switchboard/internal/api"
	"switchboard/internal/api/audit"
	"switchboard/internal/locale"
)

// proofJSON is what is known of the audit log's chain, as --json prints it.
type proofJSON struct {
	First   int64  `json:"first"`
	Last    int64  `json:"last"`
	Seal    string `json:"seal,omitempty"` // of the last
	Entries int64  `json:"entries"`
	Waiting int64  `json:"waiting"`
	Broken  int64  `json:"broken,omitempty"`
	Why     string `json:"why,omitempty"`
}

// verifyAudit proves the audit log from the oldest entry kept to the newest.
func (p *program) verifyAudit(ctx context.Context, args []string) error {
	flags := newFlags()
	w := whereFlags(flags)
	var noted audit.Noted
	flags.Func("noted", "", func(text string) (err error) {
		number, seal, ok := strings.Cut(text, ":")
		if noted.Seq, err = strconv.ParseInt(number, 10, 64); err != nil || !ok || noted.Seq < 1 {
			return errors.New("it must be NUMBER:SEAL, as console audit verify prints it")
		}
		noted.Seal = seal
		return nil
	})
	asJSON := flags.Bool("json", false, "")
	if _, err := p.parse(flags, args); err != nil {
		return err
	}
	all, err := p.openUsed(ctx, w)
	if err != nil {
		return err
	}
	defer all.close()
	proof, err := audit.New(all.DB, all.Keys).Verify(ctx, api.Scope{Actor: p.actor()}, noted)
	if err != nil {
		return err
	}
	if err := p.printProof(&proof, *asJSON); err != nil || proof.Broken == 0 {
		return err
	}
	return fmt.Errorf("the audit log is broken: %s", locale.In(locale.English, proof.Why))
}

func (p *program) printProof(proof *api.AuditProof, asJSON bool) error {
	if asJSON {
		out := proofJSON{First: proof.First, Last: proof.Last, Seal: proof.Head, Entries: proof.Entries, Waiting: proof.Waiting, Broken: proof.Broken}
		if proof.Broken > 0 {
			out.Why = locale.In(locale.English, proof.Why)
		}
		return json.NewEncoder(p.stdout).Encode(out)
	}
	fmt.Fprintf(p.stdout, "entries proved: %d, from %d to %d; not sealed yet: %d\n", proof.Entries, proof.First, proof.Last, proof.Waiting)
	if proof.Head != "" {
		fmt.Fprintf(p.stdout, "to be noted: %d:%s\n", proof.Last, proof.Head)
	}
	return nil
}

// exportAudit prints the audit log, of all projects or of one.
func (p *program) exportAudit(ctx context.Context, args []string) error {
	flags := newFlags()
	w := whereFlags(flags)
	format := "jsonl"
	flags.Func("format", "", oneOf(&format, "jsonl", "csv"))
	project := flags.String("project", "", "")
	var q api.AuditQuery
	flags.Func("from", "", timeOf(&q.From))
	flags.Func("until", "", timeOf(&q.Until))
	if _, err := p.parse(flags, args); err != nil {
		return err
	}
	all, err := p.openUsed(ctx, w)
	if err != nil {
		return err
	}
	defer all.close()
	scope := api.Scope{Actor: p.actor()}
	if *project != "" {
		found, err := all.project(ctx, *project)
		if err != nil {
			return err
		}
		scope.Project = found.ID
	}
	to := bufio.NewWriter(p.stdout)
	file := api.NewAuditLines(to)
	if format == "csv" {
		file = api.NewAuditTable(to)
	}
	if err := file.Begin(); err != nil {
		return err
	}
	err = audit.New(all.DB, all.Keys).ExportAudit(ctx, scope, q, func(c api.Change) error { return file.Add(&c) })
	return errors.Join(err, file.End(), to.Flush())
}

// timeOf is the value of a flag that must be a day or a time.
func timeOf(target *time.Time) func(string) error {
	return func(text string) error {
		for _, form := range []string{time.DateOnly, time.RFC3339} {
			if at, err := time.Parse(form, text); err == nil {
				*target = at
				return nil
			}
		}
		return errors.New("it must be a day, such as 2026-11-22, or a time, such as 2026-11-22T08:00:00Z")
	}
}
