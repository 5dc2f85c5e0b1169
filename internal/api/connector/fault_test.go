package connector_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api/apitest"
	. "switchboard/internal/api/connector"
)

// values makes a map of pairs, each name under linkConfig.
func values(pairs ...string) map[string]string {
	out := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		out["linkConfig."+pairs[i]] = pairs[i+1]
	}
	return out
}

func always(string) bool { return true }
func never(string) bool  { return false }

// paths lists the faults as "path key", which is what most cases are about.
func paths(faults []Fault) []string {
	out := []string{}
	for _, f := range faults {
		out = append(out, strings.TrimPrefix(f.Path, "linkConfig.")+" "+strings.TrimPrefix(f.Key, "input."))
	}
	return out
}

func TestFaultsOfWholeLinks(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		connector string
		values    map[string]string
		secrets   func(string) bool
		want      []string
	}{
		"the request of the documentation passes": {
			"generic-jdbc-connector",
			values("databaseType", "MYSQL", "host", "100.94.8.163", "port", "3306", "database", "DB_name",
				"username", "username", "fetchSize", "100000", "usingNative", "false"),
			always, nil,
		},
		"every fault is told at once and in form order, unknown names last": {
			"generic-jdbc-connector",
			values("zebra", "1", "ant", "1", "fetchSize", "many", "port", "99999", "host", "http://db", "databaseType", "mysql"),
			never,
			[]string{"host host", "port port", "database required", "username required", "password required", "fetchSize integer", "ant unknown", "zebra unknown"},
		},
		"an empty link lacks what every database needs": {
			"generic-jdbc-connector", nil, never,
			[]string{"databaseType required", "host required", "port required", "database required", "username required", "password required"},
		},
		"blank is unset": {
			"ftp-connector", values("server", " ", "port", "21", "username", "\t", "nonsense", "  "), always,
			[]string{"server required", "username required"},
		},
		"Oracle by SID needs the SID and no database": {
			"generic-jdbc-connector",
			values("databaseType", "oracle", "databaseconfig", "sid", "host", "db", "port", "1521", "username", "u"), always,
			[]string{"sidname required"},
		},
		"a choice that no longer applies decides nothing": {
			"generic-jdbc-connector",
			values("databaseType", "MYSQL", "databaseconfig", "SID", "sidname", "ORCL", "host", "db", "port", "3306", "username", "u"), always,
			[]string{"database required"},
		},
		"databases that the console knows but the API tables do not": {
			"generic-jdbc-connector",
			values("databaseType", "dm", "host", "db", "port", "5236", "username", "u", "database", "d"), always, nil,
		},
		"settings that do not apply are tolerated": {
			"obs-connector",
			values("storageType", "OBS", "server", "obs.example.com", "port", "443", "accessKey", "AK", "obsBucketType", "OB",
				"ossEndpoint", "not an address", "ossAuthType", "nonsense"), always, nil,
		},
		"but not without end, nor as a secret in the open": {
			"obs-connector",
			values("storageType", "OSS", "ossEndpoint", "oss.example.com", "ossAuthType", "access_key", "accessKey", "AK",
				"server", strings.Repeat("x", 1025), "properties", `{"password":"hunter2"}`), always,
			[]string{"server too_long", "properties map_key_secret"},
		},
		"a temporary credential needs its token": {
			"obs-connector",
			values("storageType", "OSS", "ossEndpoint", "oss.example.com", "ossAuthType", "STS", "accessKey", "AK"),
			func(path string) bool { return path == "linkConfig.securityKey" },
			[]string{"securityToken required"},
		},
		"simple authentication needs no Manager account": {
			"hdfs-connector", values("hadoopType", "mrs", "host", "10.0.0.1", "authType", "Simple"), never, nil,
		},
		"Kerberos does": {
			"hdfs-connector", values("hadoopType", "MRS", "host", "10.0.0.1", "authType", "Kerberos"), never,
			[]string{"user required", "password required"},
		},
		"FusionInsight has two ports": {
			"hdfs-connector", values("hadoopType", "FusionInsight HD", "host", "10.0.0.1"), never,
			[]string{"port required", "casPort required"},
		},
		"Apache with Kerberos needs a principal and its keytab": {
			"hdfs-connector", values("hadoopType", "Apache Hadoop", "uri", "10.0.0.1:8020", "authType", "KERBEROS"), never,
			[]string{"principal required", "keytab required"},
		},
		"Apache HBase is found through ZooKeeper": {
			"hbase-connector", values("hbaseType", "Apache Hadoop", "zookeeperQuorum", "10.0.0.1:2181"), never, nil,
		},
		"or through the NameNode": {
			"hbase-connector", values("hbaseType", "Apache Hadoop", "uri", "hdfs://10.0.0.1:8020"), never, nil,
		},
		"or not at all": {
			"hbase-connector", values("hbaseType", "Apache Hadoop"), never, []string{"zookeeperQuorum required"},
		},
		"CloudTable has no NameNode": {
			"hbase-connector", values("hbaseType", "CloudTable", "iamAuth", "false", "uri", "hdfs://10.0.0.1:8020"), never,
			[]string{"zookeeperQuorum required"},
		},
		"CloudTable with IAM needs a key": {
			"hbase-connector", values("hbaseType", "CloudTable", "zookeeperQuorum", "10.0.0.1:2181", "iamAuth", "True"), never,
			[]string{"cloudtableUser required", "accessKey required", "securityKey required"},
		},
		"Hive without a type is MRS, and newer inputs are optional": {
			"hive-connector", values("host", "10.0.0.1", "authType", "SIMPLE", "user", "u"), always, nil,
		},
		"Hive on OBS needs a key": {
			"hive-connector", values("host", "10.0.0.1", "user", "u", "obsSupport", "true"), always, []string{"accessKey required"},
		},
		"Kafka without a type is Apache": {
			"kafka-connector", values("brokerList", "10.0.0.1:9092"), never, nil,
		},
		"Kafka of MRS has no brokers": {
			"kafka-connector", values("hadoopType", "MRS"), never,
			[]string{"host required", "authType required", "user required", "password required"},
		},
		"the Basic generation of DMS": {
			"dms-kafka-connector", values("kafkaType", "basic"), never,
			[]string{"endpoint required", "ak required", "sk required", "projectId required"},
		},
		"the Platinum generation of DMS": {
			"dms-kafka-connector", values("kafkaType", "platinum"), never, []string{"brokerList required", "isPlatinumInstance required"},
		},
		"the Platinum generation of DMS with SASL": {
			"dms-kafka-connector", values("kafkaType", "Platinum", "brokerList", "a:1", "isPlatinumInstance", "true"), never,
			[]string{"user required", "password required"},
		},
		"DLI with the empty region of the documentation": {
			"dli-connector", values("ak", "AK", "region", "", "projectId", "p"), always, nil,
		},
		"search in security mode": {
			"elasticsearch-connector", values("linkType", "css", "host", "a:9200;b:9200", "safemode", "true"), never,
			[]string{"user required", "password required"},
		},
		"search without security mode": {
			"elasticsearch-connector", values("linkType", "ElasticSearch", "host", "a:9200"), never, nil,
		},
		"OpenTSDB in safe mode": {
			"opentsdb-connector", values("openTSDBQuorum", "a:4242", "securityMode", "safe"), never,
			[]string{"user required", "ak required", "sk required", "projectId required"},
		},
		"an NFS share has no account": {
			"nas-connector", values("protocol", "nfs", "server", "10.0.0.1:/share"), never, nil,
		},
		"a Redis database index": {
			"redis-connector", values("deploymentMode", "PROXY", "serverlist", "a:6379", "dbIndex", "16"), always, []string{"dbIndex range"},
		},
		"KODO and COS need a zone": {
			"thirdparty-obs-connector", values("storageType", "kodo_cos", "accessKey", "AK"), always, []string{"zone required"},
		},
		"file servers keep the documented lengths": {
			"sftp-connector",
			values("server", strings.Repeat("a.", 64)+"b", "port", "22", "username", strings.Repeat("u", 33)), always,
			[]string{"server too_long", "username too_long"},
		},
		"HTTP has nothing to say":       {"http-connector", nil, nil, nil},
		"so everything is too much":     {"http-connector", values("url", "http://a"), nil, []string{"url unknown"}},
		"a secret is not judged as set": {"ftp-connector", values("server", "a", "port", "21", "username", "u", "password", "x"), nil, []string{"password required"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := tc.want
			if want == nil {
				want = []string{}
			}
			require.Equal(t, want, paths(Find(tc.connector).Faults(tc.values, tc.secrets)))
		})
	}
}

func TestAnUnknownNameIsClippedInItsMessage(t *testing.T) {
	t.Parallel()
	path := strings.Repeat("é", 65)
	require.Equal(t, []Fault{{Path: path, Key: "input.unknown", Args: []any{"name", strings.Repeat("é", 64) + "…"}}},
		Find("http-connector").Faults(map[string]string{path: "1"}, nil))
}

func TestTileOfALinkWithoutAVariantIsThatOfTheDefault(t *testing.T) {
	t.Parallel()
	require.Equal(t, "apache-kafka", Find("kafka-connector").TileOf(nil).Slug)
	require.Equal(t, "mrs-hive", Find("hive-connector").TileOf(nil).Slug)
	require.Equal(t, "mysql", Find("generic-jdbc-connector").TileOf(nil).Slug, "the first, where there is no default")
}

func TestDecidesNamesTheInputsThatChangeTheForm(t *testing.T) {
	t.Parallel()
	want := map[string][]string{
		"generic-jdbc-connector":   {"databaseType", "databaseconfig"},
		"obs-connector":            {"storageType", "ossAuthType"},
		"hdfs-connector":           {"hadoopType", "authType"},
		"hbase-connector":          {"hbaseType", "hBaseVersion", "authType", "iamAuth"},
		"hive-connector":           {"hadoopType", "authType", "hiveVersion", "obsSupport"},
		"kafka-connector":          {"hadoopType"},
		"nas-connector":            {"protocol"},
		"elasticsearch-connector":  {"safemode"},
		"opentsdb-connector":       {"securityMode"},
		"thirdparty-obs-connector": {"storageType"},
		"dms-kafka-connector":      {"kafkaType", "isPlatinumInstance"},
	}
	for _, c := range All {
		var found []string
		for _, in := range c.Inputs {
			if c.Decides(in.Name) {
				found = append(found, strings.TrimPrefix(in.Name, "linkConfig."))
			}
		}
		require.Equal(t, want[c.Name], found, c.Name)
	}
}

// decode makes a connector and values of fuzzed bytes: fields are separated by
// a byte that no grammar allows, and belong to the inputs in order.
func decode(which uint8, text string) (*Connector, map[string]string) {
	c := All[int(which)%len(All)]
	got := map[string]string{}
	for i, field := range strings.Split(text, "\x1e") {
		if i < len(c.Inputs) {
			got[c.Inputs[i].Name] = field
		} else {
			got[field] = field
		}
	}
	return c, got
}

// addExamples seeds a fuzz target with every example of the catalogue.
func addExamples(f *testing.F) {
	f.Helper()
	for which, c := range All {
		for _, tile := range c.Tiles {
			example := apitest.ConnectorExamples()[tile.Slug]
			fields := make([]string, len(c.Inputs))
			for i, in := range c.Inputs {
				fields[i] = example.Values[in.Name] + example.Secrets[in.Name]
			}
			f.Add(uint8(which), strings.Join(fields, "\x1e"))
		}
	}
}

func FuzzFaults(f *testing.F) {
	addExamples(f)
	f.Fuzz(func(t *testing.T, which uint8, text string) {
		c, got := decode(which, text)
		last := -1
		for _, fault := range c.Faults(got, func(path string) bool { return len(path)%2 == 0 }) {
			require.NotEmpty(t, fault.Key)
			require.Zero(t, len(fault.Args)%2)
			at := len(c.Inputs)
			for i := range c.Inputs {
				if c.Inputs[i].Name == fault.Path {
					at = i
				}
			}
			require.GreaterOrEqual(t, at, last, "faults stand in form order")
			last = at
		}
		for i := range c.Inputs {
			c.Inputs[i].Judge(text)
		}
		c.Endpoint(got)
	})
}
