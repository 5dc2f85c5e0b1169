package mirror_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/apitest"
)

// connected is a new connection here, which the region has given up to make active.
func (h *here) connected(t *testing.T, name string) api.Connection {
	t.Helper()
	made, err := h.mirror.CreateConnection(t.Context(), mine, apitest.ConnectionDraft(t, name))
	require.NoError(t, err)
	return h.settled(t, made.ID)
}

// settled waits until the region is done with a connection.
func (h *here) settled(t *testing.T, id string) (c api.Connection) {
	t.Helper()
	require.Eventually(t, func() bool {
		var err error
		c, err = h.mirror.Connection(t.Context(), mine, id)
		return err == nil && c.State != api.ConnectionCreating
	}, 30*time.Second, 20*time.Millisecond)
	return c
}

func TestConnectionsOfARegionAreTakenOver(t *testing.T) {
	eachTown(t, func(t *testing.T, h *here) {
		ctx, over := t.Context(), h.there.plane
		for _, name := range []string{"etl", "adhoc"} {
			_, err := over.CreateQueue(ctx, h.there.mine, api.QueueDraft{Name: name, CUs: 64, Description: "theirs"})
			require.NoError(t, err)
		}
		made, err := over.CreateConnection(ctx, h.there.mine, apitest.ConnectionDraft(t, "orders"))
		require.NoError(t, err)
		_, err = over.BindQueues(ctx, h.there.mine, made.ID, []string{"etl", "adhoc"})
		require.NoError(t, err)
		found := h.settled(t, made.ID)
		require.Equal(t, made.URL, found.URL)
		require.Equal(t, api.ConnectionFailed, found.State)
		require.Equal(t, "wire.it_said", found.Message.Key)
		require.Zero(t, found.Health, "nothing checks it before somebody wants that")
		require.Len(t, found.Queues, 2)
		queue, err := h.mirror.Queue(ctx, mine, "etl")
		require.NoError(t, err)
		require.Equal(t, 64, queue.CUs)
		require.Equal(t, []api.Used{{ID: made.ID, Name: "orders"}}, queue.Connections)

		_, err = over.UnbindQueues(ctx, h.there.mine, made.ID, []string{"etl"})
		require.NoError(t, err)
		require.NoError(t, over.DeleteQueue(ctx, h.there.mine, "etl"))
		all, err := h.mirror.ListQueues(ctx, mine)
		require.NoError(t, err)
		require.Len(t, all, 2, "and the one that everybody has")
		require.NoError(t, over.DeleteConnection(ctx, h.there.mine, made.ID, 0))
		gone, err := h.mirror.Connection(ctx, mine, made.ID)
		require.NoError(t, err)
		require.Equal(t, api.ConnectionDeleted, gone.State)
		require.Empty(t, gone.Queues)
		changes := h.changesHere(t, api.KindConnection, made.ID)
		require.Equal(t, []string{"delete region", "unbind region"}, changes[:2])
		require.Equal(t, "create region", changes[len(changes)-1])
		require.Equal(t, []string{"delete region", "create region"}, h.changesHere(t, api.KindQueue, queue.ID))
	})
}

func TestAConnectionHereIsOneThere(t *testing.T) {
	eachTown(t, func(t *testing.T, h *here) {
		ctx := t.Context()
		c := h.connected(t, "orders")
		over, err := h.there.plane.Connection(ctx, h.there.mine, c.ID)
		require.NoError(t, err, "it has the id that the region gave it")
		require.Equal(t, c.NetworkID, over.NetworkID)
		_, err = h.mirror.CreateQueue(ctx, mine, api.QueueDraft{Name: "etl", CUs: 16})
		require.NoError(t, err)
		_, err = h.mirror.BindQueues(ctx, mine, c.ID, []string{"etl"})
		require.NoError(t, err)
		over, err = h.there.plane.Connection(ctx, h.there.mine, c.ID)
		require.NoError(t, err)
		require.Len(t, over.Queues, 1)

		tagged, err := h.mirror.TagConnection(ctx, mine, c.ID, []api.Tag{{Key: "team", Value: "shop"}}, 0)
		require.NoError(t, err)
		require.Len(t, tagged.Tags, 1)
		paths, err := h.mirror.NotKept(ctx, mine, api.KindConnection, c.ID)
		require.NoError(t, err)
		require.Equal(t, []string{"tags"}, paths, "the dialect has no call for them")

		_, err = h.mirror.UnbindQueues(ctx, mine, c.ID, []string{"etl"})
		require.NoError(t, err)
		require.NoError(t, h.mirror.DeleteQueue(ctx, mine, "etl"))
		require.NoError(t, h.mirror.DeleteConnection(ctx, mine, c.ID, 0))
		over, err = h.there.plane.Connection(ctx, h.there.mine, c.ID)
		require.NoError(t, err)
		require.Equal(t, api.ConnectionDeleted, over.State)
		require.Empty(t, over.Queues)
		require.Equal(t, []string{"delete page", "unbind page", "tag page", "bind page", "fail region", "create page"}, h.changesHere(t, api.KindConnection, c.ID))
	})
}

func TestANameThatIsTakenThereIsSaidAtItsField(t *testing.T) {
	eachTown(t, func(t *testing.T, h *here) {
		f := h.fronted(t)
		f.say(func(r *http.Request, body []byte) []byte {
			if r.Method == http.MethodPost {
				return []byte(`{"error_code":"DLI.0006","error_msg":"The name exists."}`)
			}
			return body
		})
		_, err := h.mirror.CreateConnection(t.Context(), mine, apitest.ConnectionDraft(t, "orders"))
		requireProblem(t, err, api.Conflict, "name", "cloud.refused_code")
		_, err = h.mirror.CreateQueue(t.Context(), mine, api.QueueDraft{Name: "etl", CUs: 16})
		requireProblem(t, err, api.Conflict, "name", "cloud.refused_code")
	})
}

// Whatever a region calls its things, those of another project stay what they are.
func TestARegionTakesNothingFromAnotherProject(t *testing.T) {
	eachTown(t, func(t *testing.T, h *here) {
		ctx := t.Context()
		theirs, err := h.mirror.CreateConnection(ctx, other, apitest.ConnectionDraft(t, "orders"))
		require.NoError(t, err)
		before, err := h.plane.Connection(ctx, other, theirs.ID)
		require.NoError(t, err)
		stolen := api.Connection{ID: theirs.ID, Name: "stolen", Service: "RDS", URL: "db:3306", State: api.ConnectionActive}
		own := api.Connection{ID: "own", Name: "own", Service: "RDS", URL: "db:3306", State: api.ConnectionActive}
		twice := own
		twice.ID = "own-2"
		require.NoError(t, h.plane.AdoptConnections(ctx, mine.Project, nil, []api.Connection{stolen, own, twice}))
		page, err := h.plane.ListConnections(ctx, mine, api.ConnectionQuery{})
		require.NoError(t, err)
		require.Len(t, page.Items, 1, "of two with a name the first counts")
		require.Equal(t, "own", page.Items[0].ID)
		after, err := h.plane.Connection(ctx, other, theirs.ID)
		require.NoError(t, err)
		require.Equal(t, before, after)
	})
}

func TestWhatIsSaidOfConnectionsIsReadWithCare(t *testing.T) {
	eachTown(t, func(t *testing.T, h *here) {
		c := h.connected(t, "orders")
		_, err := h.mirror.CreateQueue(t.Context(), mine, api.QueueDraft{Name: "etl", CUs: 16})
		require.NoError(t, err)
		_, err = h.mirror.BindQueues(t.Context(), mine, c.ID, []string{"etl"})
		require.NoError(t, err)
		h.fronted(t).say(func(r *http.Request, body []byte) []byte {
			switch {
			case strings.HasSuffix(r.URL.Path, "/datasource-connection"):
				body = bytes.ReplaceAll(body, []byte(`"state":"FAILED"`), []byte(`"state":"INVALID"`))
				body = bytes.ReplaceAll(body, []byte(`"available_queue_info"`), []byte(`"unheard_of"`))
				body = bytes.ReplaceAll(body, []byte(`"queue_list"`), []byte(`"nor_this"`))
				return bytes.Replace(body, []byte(`"connections":[`), []byte(`"connections":[{"connection_id":"../x","name":"x"},{"connection_id":"y","name":"y\u0000"},`), 1)
			case strings.HasSuffix(r.URL.Path, "/queues"):
				return []byte(`{"error_code":"DLI.0003","error_msg":"You may not."}`)
			}
			return body
		})
		page, err := h.mirror.ListConnections(t.Context(), mine, api.ConnectionQuery{})
		require.NoError(t, err)
		require.Len(t, page.Items, 1)
		require.Equal(t, api.ConnectionFailed, page.Items[0].State)
		require.Equal(t, "INVALID", page.Items[0].Message.Args["text"])
		require.Len(t, page.Items[0].Queues, 1, "what is not told stays")
		fresh, err := h.mirror.Freshness(t.Context(), mine, api.KindQueue, "")
		require.NoError(t, err)
		require.True(t, fresh.Trouble.IsZero(), "who may not see queues sees connections")
	})
}

func TestConnectionsOfARegionThatIsAwayStay(t *testing.T) {
	eachTown(t, func(t *testing.T, h *here) {
		ctx := t.Context()
		c := h.connected(t, "orders")
		h.there.server.Close()
		stays, err := h.mirror.Connection(ctx, mine, c.ID)
		require.NoError(t, err)
		require.Equal(t, c, stays)
		fresh, err := h.mirror.Freshness(ctx, mine, api.KindConnection, "")
		require.NoError(t, err)
		require.False(t, fresh.Trouble.IsZero())
		for _, err := range []error{
			h.mirror.DeleteConnection(ctx, mine, c.ID, 0),
			second(h.mirror.ReactivateConnection(ctx, mine, c.ID)),
			second(h.mirror.CreateConnection(ctx, mine, apitest.ConnectionDraft(t, "more"))),
			second(h.mirror.CreateQueue(ctx, mine, api.QueueDraft{Name: "etl", CUs: 16})),
			second(h.mirror.TestAddress(ctx, mine, api.DefaultQueue, "db:3306")),
		} {
			require.Equal(t, api.Unavailable, api.CodeOf(err), "%v", err)
		}
		stays, err = h.mirror.Connection(ctx, mine, c.ID)
		require.NoError(t, err)
		require.Equal(t, c, stays)
	})
}

func second[T any](_ T, err error) error { return err }
