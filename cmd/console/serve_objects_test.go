package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRegionsAreInTheFoldersThatAreNamed(t *testing.T) {
	t.Parallel()
	data, first, second := t.TempDir(), filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "b")
	require.Zero(t, serve(t, nil, "--data", data, "--regions", first+", "+second, "--copies", "2").end())
	for _, name := range []string{"local-1", "local-2"} {
		require.DirExists(t, filepath.Join(first, name))
	}
	require.NoDirExists(t, filepath.Join(data, regionsFolder))
	require.NoDirExists(t, second, "the others have to be there")
}

func TestBadFoldersAndNumbersOfCopiesAreRefused(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	for args, why := range map[string]string{
		"--regions ,":              "name folders",
		"--regions a,,b":           "name folders",
		"--copies 0":               "it must be a number from 1",
		"--regions " + file:        "not a directory",
		"--regions " + file + "/x": "not a directory",
	} {
		r := console(t, nil, append([]string{"serve", "--listen", "127.0.0.1:0", "--data", t.TempDir()}, strings.Fields(args)...)...)
		requireRefused(t, r, why)
	}
}
