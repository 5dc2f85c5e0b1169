package probe

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSharesAreReadAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]shareAddress{
		`\\nas\files`:             {"nas", "files", ""},
		`//nas/files`:             {"nas", "files", ""},
		`\\nas\files\in\a b\`:     {"nas", "files", `in\a b`},
		`//nas/files/in/a b`:      {"nas", "files", `in\a b`},
		`\\[fd12::1]\files`:       {"[fd12::1]", "files", ""},
		`\\nas.example.com\C$\in`: {"nas.example.com", "C$", "in"},
	} {
		got, ok := smbShare(text)
		require.True(t, ok, text)
		require.Equal(t, want, got)
	}
	for text, want := range map[string]shareAddress{
		"nas:/":             {host: "nas", name: "/"},
		"nas:/export/in":    {host: "nas", name: "/export/in"},
		"[fd12::1]:/export": {host: "[fd12::1]", name: "/export"},
	} {
		got, ok := nfsShare(text)
		require.True(t, ok, text)
		require.Equal(t, want, got)
	}
}
