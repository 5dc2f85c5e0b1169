package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api/keyring"
)

func TestKeyCreateWhileTheServerRuns(t *testing.T) {
	t.Parallel()
	e := env{"SWITCHBOARD_DATA": t.TempDir(), envPassword: canary}
	serve(t, e)
	require.Equal(t, "user ann added\n", done(t, e, "user", "add", "ann", "--administrator"))
	require.Contains(t, done(t, e, "project", "add", "team"), "project team added")
	ids := look(t, e["SWITCHBOARD_DATA"])

	t.Run("without a project it works everywhere, and the region's is printed", func(t *testing.T) {
		key := decode[map[string]string](t, done(t, e, "key", "create", "--user", "ann", "--json"))
		found, err := ids.Key(t.Context(), key["access_key"])
		require.NoError(t, err)
		require.Empty(t, found.Project)
		region, err := ids.ProjectByName(t.Context(), found.User, "local-1")
		require.NoError(t, err)
		require.Equal(t, map[string]string{
			"access_key": found.Access, "secret_key": found.Secret.Reveal(),
			"project_id": region.ID, "project_name": "local-1",
			"domain_id": region.Account.ID, "domain_name": "default", "user_name": "ann",
		}, key)
	})
	t.Run("with a project it works there only", func(t *testing.T) {
		key := decode[keyJSON](t, done(t, e, "key", "create", "--json", "--project", "team", "--user", "ann"))
		found, err := ids.Key(t.Context(), key.AccessKey)
		require.NoError(t, err)
		require.Equal(t, "team", key.ProjectName)
		require.Equal(t, key.ProjectID, found.Project)
	})
	t.Run("a project that is not there is refused", func(t *testing.T) {
		requireRefused(t, console(t, e, "key", "create", "--user", "ann", "--project", "none"), "no project none")
	})
	t.Run("people read the same in words", func(t *testing.T) {
		printed := done(t, e, "key", "create", "--user", "ann")
		require.Regexp(t, `(?m)^access key +[A-Z0-9]{20}$`, printed)
		require.Regexp(t, `(?m)^secret key +[A-Za-z0-9]{40}$`, printed)
		require.Regexp(t, `(?m)^project +local-1 \([0-9a-f]{32}\)$`, printed)
	})
}

func TestUserAdd(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	t.Run("takes the password from standard input", func(t *testing.T) {
		r := consoleWith(t, nil, canary+"\r\nanother line\n", "user", "add", "--data", data, "bob")
		require.Zero(t, r.status, r.stderr)
		require.NotContains(t, r.stdout+r.stderr, canary)
		require.NoError(t, signIn(t, data, "bob", canary))
	})
	t.Run("refuses a name that is taken", func(t *testing.T) {
		requireRefused(t, console(t, env{envPassword: canary}, "user", "add", "bob", "--data", data), "name: The user name bob is taken.")
	})
	t.Run("says when standard input cannot be read", func(t *testing.T) {
		var stdout, stderr bytes.Buffer
		broken := iotest.ErrReader(errors.New("the pipe broke"))
		status := run(t.Context(), []string{"user", "add", "cat", "--data", data}, env{}.get, broken, &stdout, &stderr)
		requireRefused(t, result{status, stdout.String(), stderr.String()}, "the pipe broke")
	})
}

func TestProjects(t *testing.T) {
	t.Parallel()
	e := env{"SWITCHBOARD_DATA": t.TempDir()}
	const id = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
	added := decode[projectJSON](t, done(t, e, "project", "add", "--id", id, "cn-north-4", "--json"))
	require.Equal(t, projectJSON{ID: id, Name: "cn-north-4", DomainID: added.DomainID, DomainName: "default"}, added)

	list := decode[[]projectJSON](t, done(t, e, "project", "list", "--json"))
	require.Len(t, list, 2)
	require.Equal(t, added, list[0])
	require.Equal(t, list[0].ID+"  cn-north-4\n"+list[1].ID+"  local-1\n", done(t, e, "project", "list"))
	requireRefused(t, console(t, e, "project", "add", "other", "--id", id), "id: There is a project with the id "+id)
}

func TestAProjectIsAddedToARegion(t *testing.T) {
	t.Parallel()
	e := env{"SWITCHBOARD_DATA": t.TempDir()}
	early := decode[projectJSON](t, done(t, e, "project", "add", "early", "--region", "cn-north-4", "--json"))
	require.Equal(t, "cn-north-4", early.Region, "before the first start any region may be the server's")
	require.Zero(t, serve(t, e, "--region", "cn-north-4").end())
	team := decode[projectJSON](t, done(t, e, "project", "add", "team", "--region", "local-2", "--json"))
	require.Equal(t, "local-2", team.Region)
	require.Empty(t, decode[projectJSON](t, done(t, e, "project", "add", "plain", "--json")).Region, "it is the server's")
	requireRefused(t, console(t, e, "project", "add", "lost", "--region", "mars-1"), "region: There is no region mars-1.")
}

func TestCommandsDoNotAddAProjectOfAnotherRegion(t *testing.T) {
	t.Parallel()
	e := env{"SWITCHBOARD_DATA": t.TempDir()}
	require.Zero(t, serve(t, e, "--region", "cn-north-4").end())
	list := decode[[]projectJSON](t, done(t, e, "project", "list", "--json"))
	require.Len(t, list, 2)
	require.Equal(t, "cn-north-4", list[0].Name)
	require.Equal(t, "local-2", list[1].Name, "the second region's")
}

func TestSecretsRotate(t *testing.T) {
	t.Parallel()
	t.Run("while the server runs", func(t *testing.T) {
		t.Parallel()
		e := env{"SWITCHBOARD_DATA": t.TempDir(), envPassword: canary}
		serve(t, e)
		done(t, e, "user", "add", "ann")
		key := decode[keyJSON](t, done(t, e, "key", "create", "--user", "ann", "--json"))
		running := look(t, e["SWITCHBOARD_DATA"])

		require.Regexp(t, `^sealed with the new key: [12]\n$`, done(t, e, "secrets", "rotate"),
			"the access key, and the audit log's chain if the server has begun it")
		file, err := os.ReadFile(filepath.Join(e["SWITCHBOARD_DATA"], keyring.FileName))
		require.NoError(t, err)
		require.Equal(t, 3, strings.Count(string(file), "\n"), "a heading and two keys")
		found, err := running.Key(t.Context(), key.AccessKey)
		require.NoError(t, err)
		require.Equal(t, key.SecretKey, found.Secret.Reveal())
	})
	t.Run("with keys given by environment", func(t *testing.T) {
		t.Parallel()
		older, newer := keyring.NewKey(), keyring.NewKey()
		e := env{"SWITCHBOARD_DATA": t.TempDir(), envPassword: canary, envKeys: older}
		done(t, e, "user", "add", "ann")
		done(t, e, "key", "create", "--user", "ann")
		e[envKeys] = newer + "\n" + older
		require.Equal(t, "sealed with the new key: 1\n", done(t, e, "secrets", "rotate"))
		require.NoFileExists(t, filepath.Join(e["SWITCHBOARD_DATA"], keyring.FileName))
		e[envKeys] = older
		requireRefused(t, console(t, e, "secrets", "rotate"), "sealed with other keys")
	})
}

func TestHelp(t *testing.T) {
	t.Parallel()
	text := done(t, nil, "help")
	t.Run("names every command", func(t *testing.T) {
		t.Parallel()
		for _, c := range commands() {
			require.Contains(t, text, "console "+strings.Join(c.words, " "))
		}
	})
	t.Run("comes by every usual way", func(t *testing.T) {
		t.Parallel()
		for _, args := range []string{"-h", "--help", "serve -h", "user add --help", "key create -help"} {
			require.Equal(t, text, done(t, nil, strings.Fields(args)...), args)
		}
	})
	t.Run("fits a terminal", func(t *testing.T) {
		t.Parallel()
		for line := range strings.Lines(text) {
			require.LessOrEqual(t, len(strings.TrimSuffix(line, "\n")), 80, line)
		}
	})
}

func TestVersion(t *testing.T) {
	t.Parallel()
	require.Regexp(t, `^Switchboard \S+ \(go\S+, \w+/\w+\)\n$`, done(t, nil, "version"))
}

func TestParse(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		env              env
		args, color, who string
	}{
		"flags before":              {nil, "--a-color red ann", "red", "ann"},
		"flags after":               {nil, "ann --a-color red", "red", "ann"},
		"one dash and an equals":    {nil, "ann -a-color=red", "red", "ann"},
		"no flags":                  {nil, "ann", "blue", "ann"},
		"an argument like a flag":   {nil, "--a-color red -- -ann", "red", "-ann"},
		"the environment":           {env{"SWITCHBOARD_A_COLOR": "red"}, "ann", "red", "ann"},
		"arguments before that":     {env{"SWITCHBOARD_A_COLOR": "red"}, "ann --a-color green", "green", "ann"},
		"an empty environment flag": {env{"SWITCHBOARD_A_COLOR": ""}, "ann", "blue", "ann"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			flags := newFlags()
			color := flags.String("a-color", "blue", "")
			p := &program{getenv: c.env.get}
			rest, err := p.parse(flags, strings.Fields(c.args), "WHO")
			require.NoError(t, err)
			require.Equal(t, []string{c.who}, rest)
			require.Equal(t, c.color, *color)
		})
	}
	t.Run("asking for help is no mistake", func(t *testing.T) {
		t.Parallel()
		_, err := (&program{getenv: env{}.get}).parse(newFlags(), []string{"-h"})
		require.ErrorIs(t, err, flag.ErrHelp)
	})
}

func decode[T any](t *testing.T, text string) T {
	t.Helper()
	var value T
	require.NoError(t, json.Unmarshal([]byte(text), &value), text)
	return value
}
