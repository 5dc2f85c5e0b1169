package e2e

import (
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api/connector"
	"switchboard/internal/testserver"
)

// No secret that any kind of link can have comes out anywhere, nor does that of
// the alerts, nor one in a file or in a pasted text; not even where the systems
// behind the links say back what they were told.
func TestSecretsOfEveryKindNeverComeOut(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		z := newCanaryZoo(t)
		secretsOfEveryKindNeverComeOut(t, z, func() []byte { return folderContent(t, z.p.dir) })
	})
	t.Run("postgresql", func(t *testing.T) {
		t.Parallel()
		url := testserver.PostgreSQL(t).FreshDatabase(t)
		z := newCanaryZoo(t, onDatabase(url))
		secretsOfEveryKindNeverComeOut(t, z, func() []byte { return append(folderContent(t, z.p.dir), dump(t, url)...) })
	})
}

func secretsOfEveryKindNeverComeOut(t *testing.T, z *canaryZoo, storage func() []byte) {
	t.Run("tiles", func(t *testing.T) {
		for _, c := range connector.All {
			for i := range c.Tiles {
				t.Run(c.Tiles[i].Slug, func(t *testing.T) {
					t.Parallel()
					z.typeTile(t, c, &c.Tiles[i])
				})
			}
		}
	})
	for slug, d := range z.kinds {
		for _, path := range d.Secrets {
			z.secretPaths[d.Connector+" "+path] = slug
		}
	}
	for _, c := range connector.All {
		for _, in := range c.Inputs {
			if in.Secret {
				require.Contains(t, z.secretPaths, c.Name+" "+in.Name, "the test leaves a secret out")
			}
		}
	}
	z.testAll()
	z.readPages()
	z.readNeighbours()
	z.carryOver()
	z.paste()

	told := z.hook.events()
	require.NotEmpty(t, told)
	var bodies []byte
	for _, e := range told {
		bodies = append(bodies, e.body...)
	}
	stored := storage()
	for where, secret := range z.secrets {
		t.Run("that of "+where, func(t *testing.T) {
			requireAbsent(t, secret, "an answer", z.answers.text(), "link-redis", "I do not know PASS")
			requireAbsent(t, secret, "an event", bodies, "link.failed", "link-redis")
			requireAbsent(t, secret, "the log", []byte(z.p.output.String()), "http://127.0.0.1")
			requireAbsent(t, secret, "what is stored", stored, "link-redis")
		})
	}
}
