package connector_test

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/require"

	. "switchboard/internal/api/connector"
)

func TestNormalise(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		connector string
		in, want  map[string]string
	}{
		"everything in its canonical form": {
			"generic-jdbc-connector",
			values("databaseType", " mysql ", "host", "DB.Example.com.", "port", "03306", "useSSL", "TRUE", "fetchSize", "0100",
				"jdbcProperties", `{ "sockettimeout": 1, "connect%54imeout": " 020 ", "UseUnicode": true }`, "username", " loader "),
			values("databaseType", "MYSQL", "host", "db.example.com", "port", "3306", "useSSL", "true", "fetchSize", "100",
				"jdbcProperties", `{"connectTimeout":"20","socketTimeout":"1","useUnicode":"true"}`, "username", "loader"),
		},
		"empty values are left out": {
			"generic-jdbc-connector", values("host", "", "port", "  ", "jdbcProperties", "{}", "password", "", "other", " "), values(),
		},
		"a secret's text is never changed": {
			"generic-jdbc-connector", values("password", "  p w\t"), values("password", "  p w\t"),
		},
		"wrong values are only trimmed": {
			"generic-jdbc-connector", values("databaseType", " Derby ", "host", " HTTP://X ", "port", " 0 "),
			values("databaseType", "Derby", "host", "HTTP://X", "port", "0"),
		},
		"inapplicable and unknown values are kept": {
			"obs-connector", values("storageType", "obs", "ossAuthType", "sts", "mystery", " X "),
			values("storageType", "OBS", "ossAuthType", "STS", "mystery", "X"),
		},
		"a property is spelled as the driver of the database spells it": {
			"generic-jdbc-connector", values("databaseType", "sqlserver", "jdbcProperties", `{"APPLICATIONNAME":"x"}`),
			values("databaseType", "SQLSERVER", "jdbcProperties", `{"applicationName":"x"}`),
		},
		"properties that are not allowed are kept, so that they can be shown": {
			"generic-jdbc-connector", values("databaseType", "MYSQL", "jdbcProperties", ` {"autoDeserialize":"true"} `),
			values("databaseType", "MYSQL", "jdbcProperties", `{"autoDeserialize":"true"}`),
		},
		"lists have the separator of their documentation": {
			"kafka-connector", values("brokerList", "A:9092; b:9092"), values("brokerList", "a:9092,b:9092"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := maps.Clone(tc.in)
			require.Equal(t, tc.want, Find(tc.connector).Normalise(tc.in))
			require.Equal(t, before, tc.in, "the argument is left alone")
		})
	}
}

func FuzzNormalise(f *testing.F) {
	addExamples(f)
	f.Fuzz(func(t *testing.T, which uint8, text string) {
		c, got := decode(which, text)
		once := c.Normalise(got)
		require.Equal(t, once, c.Normalise(once))
		require.Equal(t, c.Faults(got, nil), c.Faults(once, nil))
		_, same := c.SameDestination(got, once)
		require.True(t, same)
		for i := range c.Inputs {
			if in := &c.Inputs[i]; in.Secret {
				require.Equal(t, got[in.Name], once[in.Name])
			}
		}
	})
}
