package wire

import (
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

func TestWhatIsQueuedComesBackFromAnswers(t *testing.T) {
	t.Parallel()
	for body, want := range map[string][]api.Queued{
		`{"replication": {"checkpoint_items": [{"checkpoint_item_id": "b1", "replication_record_id": "r1"}]}}`: {{Backup: "b1", Record: "r1"}},
		`{"replication": {"checkpoint_item_id": "b2", "replication_record_id": "r2"}}`:                         {{Backup: "b2", Record: "r2"}},
		`{"replication": {"checkpoint_items": []}}`:                                                            {},
	} {
		queued, err := QueuedIn([]byte(body))
		require.NoError(t, err)
		require.Equal(t, want, queued)
	}
	for _, body := range []string{``, `{}`, `{"replication": {}}`, `{"replication": {"checkpoint_items": [{}]}}`, `{"replication": []}`} {
		_, err := QueuedIn([]byte(body))
		require.ErrorIs(t, err, ErrNoAnswer, body)
	}
}

func TestWhereARegionReplicatesToComesBackFromAnswers(t *testing.T) {
	t.Parallel()
	found, err := CapabilitiesIn([]byte(`{"regions": [{"name": "a", "replication_destinations": ["b", "c"]}, {"name": "b"}]}`))
	require.NoError(t, err)
	require.Equal(t, []string{"b", "c"}, found["a"])
	require.Empty(t, found["b"])
	projects, err := ProjectsIn([]byte(`{"projects": [{"id": "1", "name": "a_main", "enabled": true}]}`))
	require.NoError(t, err)
	require.Equal(t, []api.RegionProject{{ID: "1", Name: "a_main"}}, projects)
	for _, body := range []string{``, `{}`, `{"regions": 7, "projects": [null]}`} {
		_, err := CapabilitiesIn([]byte(body))
		require.ErrorIs(t, err, ErrNoAnswer, body)
		_, err = ProjectsIn([]byte(body))
		require.ErrorIs(t, err, ErrNoAnswer, body)
	}
}
