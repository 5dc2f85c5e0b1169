package probe

import (
	"context"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestSlots(t *testing.T) {
	t.Parallel()
	get := func(t *testing.T, s *slots, project string) func() {
		t.Helper()
		release, err := s.acquire(t.Context(), project)
		require.NoError(t, err)
		return release
	}
	t.Run("a project that waits is in nobody's way, and gets its turn", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			s, running := newSlots(3, 1), 0
			release := get(t, s, "a")
			for range 5 {
				go func() {
					defer get(t, s, "a")()
					running++
					require.Equal(t, 1, running)
					time.Sleep(time.Second)
					running--
				}()
			}
			synctest.Wait() // all five of them wait
			require.Zero(t, running)
			get(t, s, "b")()
			require.Len(t, s.all, 1, "who waits holds no slot of others")
			release()
			time.Sleep(time.Minute)
			require.Empty(t, s.projects)
		})
	})
	t.Run("all projects together have no more than all slots", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			s := newSlots(2, 2)
			a, b := get(t, s, "a"), get(t, s, "b")
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			_, err := s.acquire(ctx, "c")
			require.Equal(t, fault("busy", ""), err)
			a()
			get(t, s, "c")()
			b()
			require.Empty(t, s.all)
		})
	})
	for name, s := range map[string]func() (*slots, string){
		"of its project": func() (*slots, string) { return newSlots(9, 1), "a" },
		"of all":         func() (*slots, string) { return newSlots(1, 9), "b" },
	} {
		t.Run("who is cancelled while he waits for a slot "+name+" learns it at once", func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s, project := s()
				release := get(t, s, "a")
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				time.AfterFunc(time.Second, cancel)
				began := time.Now()
				_, err := s.acquire(ctx, project)
				require.ErrorIs(t, err, context.Canceled)
				require.Equal(t, time.Second, time.Since(began))
				release()
				require.Empty(t, s.projects)
				require.Empty(t, s.all)
			})
		})
	}
	t.Run("nothing is kept of the projects that were seen", func(t *testing.T) {
		t.Parallel()
		s := newSlots(1, 1)
		for i := range 1000 {
			get(t, s, strconv.Itoa(i))()
		}
		require.Empty(t, s.projects)
	})
}
