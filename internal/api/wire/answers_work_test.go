package wire

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
)

// Of functions and aliases answers lack who made them, when, and what leads to them.
func TestFunctionsAndAliasesComeBackFromAnswers(t *testing.T) {
	t.Parallel()
	w := start(t)
	st := w.stage(t, "functions")
	ctx, of, p := t.Context(), st.Service, &program{at: st.place()}
	alias := st.aliased(t)
	f, err := of.Function(ctx, st.s, alias.Function.ID)
	require.NoError(t, err)
	told := func(v api.Version) api.Version {
		v.Created, v.Main, v.Additional, v.Updated = api.Stamp{}, nil, nil, to(time.Second, v.Updated.At)
		return v
	}
	want := api.Function{ID: f.ID, Package: f.Package, Name: f.Name, Latest: told(f.Latest), Updated: to(time.Second, f.Latest.Updated.At)}
	read, err := FunctionIn(st.answer(t, "ShowFunctionConfig", p.function(&f, ""), ""))
	require.NoError(t, err)
	require.Equal(t, want, read)
	functions, count, err := FunctionsIn(st.answer(t, "ListFunctions", nil, ""))
	require.NoError(t, err)
	require.Equal(t, 1, count)
	require.Equal(t, []api.Function{want}, functions)

	versions, err := of.Versions(ctx, st.s, f.ID)
	require.NoError(t, err)
	listed, count, err := VersionsIn(st.answer(t, "ListFunctionVersions", p.function(&f, ""), ""))
	require.NoError(t, err)
	require.Equal(t, 3, count)
	require.Equal(t, each(versions, told), listed)
	one, err := VersionIn(st.answer(t, "ShowFunctionConfig", p.function(&f, "v1"), ""))
	require.NoError(t, err)
	require.Equal(t, listed[2], one)

	_, err = of.CreateAlias(ctx, st.s, f.ID, aliasExamples[0].deed(t, w.stage(t, "others")).(api.CreateAlias).Draft)
	require.Equal(t, api.Conflict, api.CodeOf(err), "v1 is taken")
	rules := aliasExamples[0].deed(t, w.stage(t, "another")).(api.CreateAlias).Draft
	rules.Version = api.LatestVersion
	_, err = of.CreateAlias(ctx, st.s, f.ID, rules)
	require.NoError(t, err)
	aliases, err := of.AliasesOf(ctx, st.s, f.ID)
	require.NoError(t, err)
	readAliases, err := AliasesIn(st.answer(t, "ListVersionAliases", p.function(&f, ""), ""))
	require.NoError(t, err)
	require.Len(t, readAliases, 2)
	for i, a := range aliases {
		a.Route.Sticky, a.Route.Salt = readAliases[i].Route.Sticky, readAliases[i].Route.Salt
		want := api.Alias{
			ID: p.urn(f.Package, f.Name, "!"+a.Name), Function: api.AliasFunction{Package: f.Package, Name: f.Name}, Name: a.Name,
			Description: a.Description, Route: a.Route, Updated: to(time.Second, a.Updated.At),
		}
		require.Equal(t, want, readAliases[i])
		one, err := AliasIn(st.answer(t, "ShowVersionAlias", p.alias(&a), ""))
		require.NoError(t, err)
		require.Equal(t, want, one)
	}
}

// Of policies answers lack who made them, when they were changed and when they are
// due; of backups the policy, the path, and sizes to the byte; of records the names.
func TestPoliciesAndBackupsComeBackFromAnswers(t *testing.T) {
	t.Parallel()
	w := start(t)
	st := w.stage(t, "policies")
	ctx, of := t.Context(), st.Service
	policy, _ := st.backedUp(t)
	run := apitest.Replicate(t, st.plane(), policy.ID, policy.Operations[1].Destination)
	st.work(t, func() bool {
		found, err := of.ReplicationRun(ctx, st.s, run.ID)
		return err == nil && !found.Ended.IsZero()
	})
	want := policy
	want.Created, want.Updated, want.Version, want.Last, want.Syncs = to(time.Microsecond, policy.Created.At), api.Stamp{}, 0, nil, nil
	for i := range want.Operations {
		o := &want.Operations[i]
		o.Next, o.Start = time.Time{}, o.Start.UTC().Truncate(time.Second)
	}
	read, err := PolicyIn(st.answer(t, "ShowPolicy", pathParams{"policy": policy.ID}, ""))
	require.NoError(t, err)
	require.Equal(t, want, read)
	policies, err := PoliciesIn(st.answer(t, "ListPolicies", nil, ""))
	require.NoError(t, err)
	require.Equal(t, []api.Policy{want}, policies)

	page, err := of.ListBackups(ctx, st.s, api.BackupQuery{Sort: "created"})
	require.NoError(t, err)
	backups, err := BackupsIn(st.answer(t, "ListCheckpointItems", nil, "?sort=created_at:asc"))
	require.NoError(t, err)
	require.Len(t, backups, 2)
	for i, b := range page.Items {
		records := each(b.Records, toldOfRecord)
		b.Policy, b.Path, b.Sum, b.Archive, b.Source, b.Records = "", "", "", false, "", records
		b.Size, b.Bytes = megabyte, megabyte // rounded up
		for _, at := range []*time.Time{&b.Created, &b.Updated, &b.Finished, &b.Expires} {
			*at = to(time.Microsecond, *at).At
		}
		require.Equal(t, b, backups[i])
		one, err := BackupIn(st.answer(t, "ShowCheckpointItem", pathParams{"item": b.ID}, ""))
		require.NoError(t, err)
		require.Equal(t, b, one)
	}

	stored := apitest.Records(t, st.plane(), run.ID)
	records, count, err := RecordsIn(st.answer(t, "ListReplicationRecords", nil, "?sort=created_at:asc"))
	require.NoError(t, err)
	require.Equal(t, 2, count)
	require.ElementsMatch(t, each(stored, toldOfRecord), records)
}

// toldOfRecord is what answers tell of a record.
func toldOfRecord(r api.ReplicationRecord) api.ReplicationRecord {
	return api.ReplicationRecord{
		ID: r.ID, Policy: r.Policy, Status: r.Status, Backup: api.Used{ID: r.Backup.ID}, Checkpoint: r.Checkpoint, Source: r.Source,
		Project: r.Project, Destination: r.Destination, Replica: r.Replica, ReplicaCheckpoint: r.ReplicaCheckpoint, Auto: r.Auto,
		Size: hundredths, Bytes: int64(r.Percent()), Created: to(time.Microsecond, r.Created).At,
	}
}

func TestACheckpointComesBackFromTheAnswerThatBeginsIt(t *testing.T) {
	t.Parallel()
	w := start(t)
	st := w.stage(t, "checkpoints")
	policy := st.protected(t)
	for name, d := range map[string]api.CheckpointDraft{
		"of a policy":  {Policy: policy.ID, Auto: true},
		"of no policy": {Resources: []string{policy.Resources[0].ID}},
	} {
		calls, err := CallsOf(t.Context(), w.server.Service, st.s, st.place(), api.StartCheckpoint{Draft: d})
		require.NoError(t, err)
		rec := w.signed(calls[0].Operation.Method, calls[0].URL(), string(calls[0].Body))
		read, err := CheckpointIn(rec.Body.Bytes())
		require.NoError(t, err, rec.Body.String())
		stored, err := st.Service.Checkpoint(t.Context(), st.s, read.ID)
		require.NoError(t, err)
		require.Equal(t, stored.Policy, read.Policy, name)
		require.Equal(t, stored.PolicyName, read.PolicyName)
		require.Equal(t, stored.Auto, read.Auto)
		require.Equal(t, to(time.Microsecond, stored.Created.At), read.Created)
		require.Equal(t, each(stored.Resources, func(r api.Resource) string { return r.ID + r.Name }),
			each(read.Resources, func(r api.Resource) string { return r.ID + r.Name }))
		st.work(t, func() bool {
			found, err := st.Service.Checkpoint(t.Context(), st.s, read.ID)
			return err == nil && !found.Ended.IsZero()
		})
	}
}

// A region's own words about what failed are told; a code that is ours is known.
func TestFaultsComeBackFromAnswers(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]api.Fault{
		`"source_missing"`: {Code: api.FaultSourceMissing, Message: itSaid("gone")},
		`"CSBS.6010"`:      {Code: api.FaultInternal, Message: itSaid("gone"), Detail: "CSBS.6010"},
		`6010`:             {Code: api.FaultInternal, Message: itSaid("gone"), Detail: "6010"},
		`{}`:               {Code: api.FaultInternal, Message: itSaid("gone")},
	} {
		read, err := BackupIn([]byte(`{"checkpoint_item":{"id":"1","status":"error","extend_info":{"fail_code":{"Code":` + code + `,"Description":"gone"}}}}`))
		require.NoError(t, err)
		require.Equal(t, &want, read.Fault)
	}
}
