package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var shellBlock = regexp.MustCompile("(?ms)^```sh\n(.*?)^```")

// The commands on the pages of the documentation do what they say. Addresses of the
// examples lead to this machine.
func TestCommandsOfTheDocumentation(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"bash", "curl", "jq"} {
		if _, err := exec.LookPath(program); err != nil {
			missing(t, "this test needs a program: apt-get install "+program)
		}
	}
	p := start(t, checkingForm)
	pages, err := filepath.Glob("../docs/en/*.md")
	require.NoError(t, err)
	require.NotEmpty(t, pages)
	for _, page := range pages {
		name := strings.TrimSuffix(filepath.Base(page), ".md")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(page)
			require.NoError(t, err)
			blocks := shellBlock.FindAllSubmatch(text, -1)
			require.NotEmpty(t, blocks, "a page without a command")
			p.addProject(t, name)
			c := p.call(t, name)
			p.putObject(t, regionName, "orders/monday.sql", "INSERT INTO orders;")
			for _, block := range blocks {
				shell := exec.CommandContext(t.Context(), "bash", "-e", "-o", "pipefail", "-c", strings.ReplaceAll(string(block[1]), "192.168.0.7", "127.0.0.1"))
				shell.Dir = t.TempDir()
				shell.Env = append(os.Environ(), "CONSOLE="+p.URL, "P="+c.project, "TOKEN="+c.token, "NAME="+adminName, "PASSWORD="+adminPassword,
					"PROJECT="+name, "UNTIL="+time.Now().Add(24*time.Hour).UTC().Format(time.RFC3339))
				said, err := shell.CombinedOutput()
				require.NoError(t, err, "%s\n%s", block[1], said)
				t.Logf("%s", said)
			}
		})
	}
}
