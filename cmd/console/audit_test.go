package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/audit"
)

func TestTheAuditLogIsVerifiedAndExported(t *testing.T) {
	t.Parallel()
	e := env{"SWITCHBOARD_DATA": t.TempDir()}
	done(t, e, "project", "add", "cn-north-4")
	all, err := (&program{getenv: e.get}).open(t.Context(), &where{data: e["SWITCHBOARD_DATA"], region: "local-1"})
	require.NoError(t, err)
	require.NoError(t, audit.New(all.DB, all.Keys).Seal(t.Context()))
	all.close()

	var proof proofJSON
	require.NoError(t, json.Unmarshal([]byte(done(t, e, "audit", "verify", "--json")), &proof))
	require.Positive(t, proof.Entries)
	require.Zero(t, proof.Broken)
	text := done(t, e, "audit", "verify")
	require.Contains(t, text, "to be noted: ")
	noted := strings.TrimSpace(text[strings.Index(text, "noted: ")+len("noted: "):])
	done(t, e, "audit", "verify", "--noted", noted)
	broken := console(t, e, "audit", "verify", "--noted", "1:"+proof.Seal[1:]+"0")
	require.Contains(t, broken.stdout, "entries proved: ")
	broken.stdout = ""
	requireRefused(t, broken, "the audit log is broken: Entry 1")
	requireRefused(t, console(t, e, "audit", "verify", "--noted", "x"), "NUMBER:SEAL")

	lines := strings.Split(strings.TrimSpace(done(t, e, "audit", "export", "--project", "cn-north-4")), "\n")
	require.Len(t, lines, 2, "the project's creation, and that somebody takes the log")
	var line api.AuditLine
	require.NoError(t, json.Unmarshal([]byte(lines[0]), &line))
	require.Equal(t, "create", line.Action)
	require.Equal(t, "cn-north-4", line.Object)
	table := done(t, e, "audit", "export", "--format", "csv", "--from", "2026-01-01")
	require.Contains(t, table, "number,id,time")
	require.Contains(t, table, "cn-north-4")
	requireRefused(t, console(t, e, "audit", "export", "--from", "yesterday"), "it must be a day")
}
