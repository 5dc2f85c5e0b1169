package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api/probe"
)

func TestCheckFlags(t *testing.T) {
	t.Parallel()
	read := func(e env, args ...string) *probe.Options {
		flags := newFlags()
		o := checkFlags(flags)
		_, err := (&program{getenv: e.get}).parse(flags, args)
		require.NoError(t, err)
		return o
	}
	refused := func(o *probe.Options) uint64 {
		p := probe.New(*o)
		p.Check(t.Context(), probe.Target{Connector: "generic-jdbc-connector", Inputs: map[string]string{
			"linkConfig.databaseType": "MYSQL", "linkConfig.host": "127.0.0.1", "linkConfig.port": "1",
			"linkConfig.username": "ann", "linkConfig.database": "orders",
		}})
		_, refused := p.Dialled()
		return refused
	}
	require.Zero(t, refused(read(nil)))
	require.EqualValues(t, 1, refused(read(env{"SWITCHBOARD_EGRESS_DENY": "127.0.0.0/8, :1"})))
	require.EqualValues(t, 1, refused(read(nil, "--egress-allow", "10.0.0.0/8")))
	require.Zero(t, refused(read(env{"SWITCHBOARD_EGRESS_ALLOW": "10.0.0.0/8"}, "--egress-allow", "127.0.0.1:1")), "the argument is stronger")

	require.Equal(t, []int{16, 8}, []int{read(nil).Concurrency, read(nil).PerProject})
	o := read(env{"SWITCHBOARD_CHECKS_PER_PROJECT": "2"}, "--checks", "3")
	require.Equal(t, []int{3, 2}, []int{o.Concurrency, o.PerProject})
}
