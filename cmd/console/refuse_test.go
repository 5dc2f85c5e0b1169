package main

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRefusals is the contract of every command: what went wrong is one line
// on standard error, and the exit status is 2.
func TestRefusals(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		env  env
		args string
		why  string
	}{
		"nothing said":          {nil, "", "console serve"},
		"an unknown command":    {nil, "sing loudly", `no command "sing loudly"`},
		"half a command":        {nil, "user", `no command "user"`},
		"a flag first":          {nil, "--data x serve", `no command "--data x"`},
		"an unknown flag":       {nil, "serve --port 80", "-port"},
		"a flag without value":  {nil, "serve --listen", "-listen"},
		"an unknown link check": {nil, "serve --link-check deep", "it must be connect or shape"},
		"an unknown link check by environment": {
			env{"SWITCHBOARD_LINK_CHECK": "deep"}, "serve", `invalid value "deep" for SWITCHBOARD_LINK_CHECK: it must be connect or shape`,
		},
		"a rule that is none": {nil, "serve --egress-allow 10.0.0.0/8,10.1.2.3/8", `the rule "10.1.2.3/8": say 10.0.0.0/8 for the network`},
		"a rule that is none by environment": {
			env{"SWITCHBOARD_EGRESS_DENY": "https://example.com"}, "serve", `SWITCHBOARD_EGRESS_DENY: the rule "https://example.com": it must not have a scheme`,
		},
		"an empty list of rules":       {nil, "serve --egress-allow=", "it is empty"},
		"no checks at all":             {nil, "serve --checks 0", "it must be a number from 1 to 32767"},
		"half a check":                 {nil, "serve --checks-per-project 0.5", "it must be a number from 1 to 32767"},
		"an impossible region":         {nil, "serve --region a/b", "-region"},
		"an argument too many":         {nil, "serve now", `"now"`},
		"an address that is none":      {nil, "serve --listen nowhere", "nowhere"},
		"an address of somebody else":  {nil, "serve --listen 192.0.2.1:0", "192.0.2.1"},
		"no name":                      {nil, "user add", "NAME is missing"},
		"two names":                    {nil, "project add a b", `"b"`},
		"no password":                  {nil, "user add ann", "SWITCHBOARD_PASSWORD"},
		"a password that is too short": {env{envPassword: "short"}, "user add ann", "password: Use at least 10 characters."},
		"a name that cannot be":        {env{envPassword: canary}, "user add a/b", "name: Use 1 to 64 characters"},
		"a project that cannot be":     {nil, "project add a/b", "name: Use 1 to 64 characters"},
		"a project that is there":      {nil, "project add local-1", "already"},
		"an id that is none":           {nil, "project add one --id 1", "id: A project id has 32"},
		"nobody's key":                 {nil, "key create --json", "--user NAME"},
		"a key of an unknown user":     {nil, "key create --user bob", "no user named bob"},
		"no PostgreSQL URL":            {env{"SWITCHBOARD_DATABASE": "mysql://ann:" + canary + "@host/db"}, "serve", "postgres://"},
		"a broken PostgreSQL URL":      {env{"SWITCHBOARD_DATABASE": "postgres://ann:" + canary + "@host:port/db"}, "serve", "cannot be read"},
		"a database nobody serves": {
			env{"SWITCHBOARD_DATABASE": "postgres://ann:" + canary + "@127.0.0.1:1/db"}, "project list", "connect to PostgreSQL at 127.0.0.1:1",
		},
		"no key in the environment": {env{envKeys: "# none"}, "serve", "there is no key in it"},
		"a sample key in the environment": {
			env{envKeys: base64.StdEncoding.EncodeToString([]byte("change-me-change-me-Change-Me-42"))}, "serve", "sample",
		},
		"a rotation of a sample key": {
			env{envKeys: base64.StdEncoding.EncodeToString(make([]byte, 32))}, "secrets rotate", "sample",
		},
		"half an OpenID client":         {nil, "serve --oidc-issuer https://id.example.com", "the OpenID client has no id"},
		"an OpenID client of nobody":    {nil, "serve --oidc-client-id console", "--oidc-issuer and --oidc-client-id: the OpenID issuer"},
		"an OpenID issuer without TLS":  {nil, "serve --oidc-client-id console --oidc-issuer http://id.example.com", "must be an https:// address"},
		"a public address with a path":  {nil, "serve --public-url https://console.example.com/x", "without a path"},
		"a public address of no server": {nil, "serve --public-url console.example.com", "-public-url"},
		"help about something":          {nil, "help me", `"me"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := env{"SWITCHBOARD_DATA": t.TempDir()}
			for name, value := range c.env {
				e[name] = value
			}
			requireRefused(t, console(t, e, strings.Fields(c.args)...), c.why)
		})
	}
}

func TestRefusesABrokenDataFolder(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(t *testing.T, data string){
		"a file in its place": func(t *testing.T, data string) {
			require.NoError(t, os.WriteFile(data, nil, 0o600))
		},
		"a file on the way": func(t *testing.T, data string) {
			require.NoError(t, os.WriteFile(filepath.Dir(data), nil, 0o600))
		},
		"a folder instead of the database": func(t *testing.T, data string) {
			require.NoError(t, os.MkdirAll(filepath.Join(data, databaseFile), 0o700))
		},
		"a database that is none": func(t *testing.T, data string) {
			require.NoError(t, os.MkdirAll(data, 0o700))
			require.NoError(t, os.WriteFile(filepath.Join(data, databaseFile), []byte(strings.Repeat("no database ", 100)), 0o600))
		},
		"an empty key file": func(t *testing.T, data string) {
			require.NoError(t, os.MkdirAll(data, 0o700))
			require.NoError(t, os.WriteFile(filepath.Join(data, "keys"), nil, 0o600))
		},
		"a folder that may not be read": func(t *testing.T, data string) {
			if os.Geteuid() == 0 {
				t.Skip("root may read every folder; the other cases stand for this one")
			}
			require.NoError(t, os.MkdirAll(data, 0o000))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data := filepath.Join(t.TempDir(), "below", "data")
			if name != "a file on the way" {
				require.NoError(t, os.Mkdir(filepath.Dir(data), 0o700))
			}
			spoil(t, data)
			requireRefused(t, console(t, nil, "serve", "--listen", "127.0.0.1:0", "--data", data), data[:len(data)-len("/data")])
		})
	}
}
