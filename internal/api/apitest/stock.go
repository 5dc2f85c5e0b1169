package apitest

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/testserver"
)

// Stock is something of every kind in one project. Everything in it has a word in its
// name and in its texts, so that it can be told wherever it shows.
type Stock struct {
	Word string

	Link, Run, Connection, ConnectionRun, Queue, AddressTest, Service, Entry, Addition, Endpoint string // ids; of a queue the name
	Function, Alias, Ramp, Policy, Resource, Checkpoint, Backup, Replication, Record, Change     string
}

// IDs are all ids of the stock.
func (s Stock) IDs() []string {
	return []string{
		s.Link, s.Run, s.Connection, s.ConnectionRun, s.Queue, s.Service, s.Entry, s.Addition, s.Endpoint,
		s.Function, s.Alias, s.Ramp, s.Policy, s.Resource, s.Checkpoint, s.Backup, s.Replication, s.Record, s.Change,
	}
}

// FillStock makes something of every kind in p.Mine. work does what is due in the
// background.
func FillStock(t testing.TB, p Plane, word string, work func()) Stock {
	t.Helper()
	s := Stock{Word: word}
	s.watched(t, p)
	s.whitelist(t, p)
	s.aliases(t, p)
	s.replication(t, p, work)
	changes, err := p.Service.Changes(t.Context(), p.Mine, api.KindLink, s.Link, "", 1)
	require.NoError(t, err)
	require.Len(t, changes, 1)
	s.Change = changes[0].ID
	return s
}

func (s *Stock) watched(t testing.TB, p Plane) {
	t.Helper()
	ctx, closed := t.Context(), testserver.ClosedAddr(t).String()
	draft := ClosedDraft(t, s.Word)
	draft.Inputs["linkConfig.database"] = s.Word
	link, err := p.Service.CreateLink(ctx, p.Mine, draft, api.Shape)
	require.NoError(t, err)
	s.Link = link.ID
	run, err := p.Service.StartRun(ctx, p.Mine, api.KindLink, []string{link.ID})
	require.NoError(t, err)
	s.Run = run.ID
	require.NoError(t, p.Service.SetHook(ctx, p.Mine, api.HookDraft{URL: "http://" + closed + "/" + s.Word, Secret: api.NewSecret(HookSecret)}))

	connection, err := p.Service.CreateConnection(ctx, p.Mine, ConnectionTo("RDS", s.Word, closed))
	require.NoError(t, err)
	s.Connection = connection.ID
	run, err = p.Service.StartRun(ctx, p.Mine, api.KindConnection, []string{connection.ID})
	require.NoError(t, err)
	s.ConnectionRun = run.ID
	queue, err := p.Service.CreateQueue(ctx, p.Mine, api.QueueDraft{Name: fmt.Sprintf("q%x", s.Word), Description: s.Word, CUs: 16})
	require.NoError(t, err)
	s.Queue = queue.Name
	test, err := p.Service.TestAddress(ctx, p.Mine, queue.Name, closed)
	require.NoError(t, err)
	s.AddressTest = test.ID
}

func (s *Stock) whitelist(t testing.TB, p Plane) {
	t.Helper()
	ctx, draft := t.Context(), ServiceDraft(s.Word)
	draft.Description = s.Word
	service, err := p.Service.CreateEndpointService(ctx, p.Mine, draft)
	require.NoError(t, err)
	s.Service = service.ID
	entries := PermissionDrafts(4)
	for i := range entries {
		entries[i].Description = fmt.Sprint(s.Word, " ", i)
	}
	added, err := p.Service.AddPermissions(ctx, p.Mine, service.ID, api.PermissionBatch{Entries: entries[:2]})
	require.NoError(t, err)
	s.Entry = added[0].ID
	addition, err := p.Service.StartAddition(ctx, p.Mine, service.ID, entries[2:])
	require.NoError(t, err)
	s.Addition = addition.ID
	from := EndpointDraft(service.ID)
	from.Description = s.Word
	endpoint, err := p.Service.CreateEndpoint(ctx, p.Mine, from)
	require.NoError(t, err)
	s.Endpoint = endpoint.ID
}

func (s *Stock) aliases(t testing.TB, p Plane) {
	t.Helper()
	ctx, draft := t.Context(), FunctionDraft(s.Word)
	draft.Config.Description = s.Word
	function, err := p.Service.CreateFunction(ctx, p.Mine, draft)
	require.NoError(t, err)
	s.Function = function.ID
	for _, name := range []string{"v1", "v2"} {
		_, err := p.Service.SetUpstream(ctx, p.Mine, function.ID, api.LatestVersion, "http://127.0.0.1:1/"+s.Word+"/"+name)
		require.NoError(t, err)
		_, err = p.Service.PublishVersion(ctx, p.Mine, function.ID, api.VersionDraft{Name: name, Description: s.Word})
		require.NoError(t, err)
	}
	alias, err := p.Service.CreateAlias(ctx, p.Mine, function.ID, api.AliasDraft{Name: s.Word, Description: new(s.Word), Version: "v1"})
	require.NoError(t, err)
	s.Alias = alias.ID
	ramp, err := p.Service.StartRamp(ctx, p.Mine, alias.ID, rampTo("v2", "10", "", "50", ""), 0)
	require.NoError(t, err)
	s.Ramp = ramp.ID
}

func (s *Stock) replication(t testing.TB, p Plane, work func()) {
	t.Helper()
	ctx := t.Context()
	Files(t, p, map[string]string{s.Word + "/dump": s.Word})
	policy := Protect(t, p, s.Word, s.Word+"/dump")
	s.Policy, s.Resource = policy.ID, policy.Resources[0].ID
	checkpoint, err := p.Service.StartCheckpoint(ctx, p.Mine, api.CheckpointDraft{Policy: policy.ID, Name: s.Word})
	require.NoError(t, err)
	s.Checkpoint = checkpoint.ID
	settle(t, work, func() bool {
		found, err := p.Service.Checkpoint(ctx, p.Mine, checkpoint.ID)
		return err == nil && !found.Ended.IsZero()
	})
	_, backups := CheckpointEnds(t, p, checkpoint.ID)
	require.NotEmpty(t, backups)
	s.Backup = backups[0].ID
	s.Replication = Replicate(t, p, policy.ID, Destination(t, p)).ID
	settle(t, work, func() bool {
		found, err := p.Service.ReplicationRun(ctx, p.Mine, s.Replication)
		return err == nil && !found.Ended.IsZero()
	})
	s.Record = Records(t, p, s.Replication)[0].ID
}

// settle works in the background until something is done.
func settle(t testing.TB, work func(), done func() bool) {
	t.Helper()
	require.Eventually(t, func() bool {
		work()
		return done()
	}, 30*time.Second, 10*time.Millisecond)
}
