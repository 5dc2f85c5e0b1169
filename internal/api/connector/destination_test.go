package connector_test

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api/apitest"
	. "switchboard/internal/api/connector"
)

func TestEndpointSaysWhereALinkLeads(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"mysql": "db.example.com:3306", "postgresql": "db.example.com:5432", "sqlserver": "db.example.com:1433",
		"oracle": "db.example.com:1521", "db2": "db.example.com:50000", "sap-hana": "db.example.com:30015",
		"ddm": "db.example.com:3306", "mycat": "db.example.com:8066", "dm": "db.example.com:5236", "dws": "db.example.com:8000",
		"obs": "obs.cn-north-4.myhuaweicloud.com:443", "oss": "oss-cn-hangzhou.aliyuncs.com", "s3": "", "kodo-cos": "z1",
		"mrs-hdfs": "10.0.0.10", "fusioninsight-hdfs": "10.0.0.10:28443", "apache-hdfs": "hdfs://10.0.0.1:8020",
		"mrs-hbase": "10.0.0.10", "fusioninsight-hbase": "10.0.0.10:28443", "apache-hbase": "10.0.0.1:2181,10.0.0.2:2181",
		"cloudtable": "10.0.0.1:2181,10.0.0.2:2181", "mrs-hive": "10.0.0.10", "fusioninsight-hive": "10.0.0.10:28443",
		"apache-hive": "hdfs://10.0.0.1:8020", "ftp": "files.example.com:21", "sftp": "files.example.com:22",
		"nas": `\\nas.example.com\share`, "http": "", "mongodb": "10.0.0.1:27017;10.0.0.2:27017",
		"redis": "10.0.0.1:6379;10.0.0.2:6379", "mrs-kafka": "10.0.0.10", "apache-kafka": "10.0.0.1:9092,10.0.0.2:9092",
		"dms-kafka": "10.0.0.1:9093,10.0.0.2:9093", "dms-kafka-basic": "dms.example.com:37003",
		"dis": "https://dis.cn-north-4.myhuaweicloud.com", "dli": "cn-north-4", "opentsdb": "opentsdb.example.com:4242",
		"css": "10.0.0.1:9200;10.0.0.2:9200", "elasticsearch": "10.0.0.1:9200;10.0.0.2:9200",
	}
	for slug, example := range apitest.ConnectorExamples() {
		c, _ := FindTile(slug)
		require.Equal(t, want[slug], c.Endpoint(example.Values), slug)
	}
}

func TestEndpointIsCanonical(t *testing.T) {
	t.Parallel()
	jdbc := Find("generic-jdbc-connector")
	require.Equal(t, "db.example.com:3306", jdbc.Endpoint(values("databaseType", "mysql", "host", "DB.example.com.")))
	require.Equal(t, "[::1]:5432", jdbc.Endpoint(values("databaseType", "POSTGRESQL", "host", "[::1]", "port", "05432")))
	require.Empty(t, jdbc.Endpoint(nil))
	obs := Find("obs-connector")
	require.Equal(t, "oss.example.com", obs.Endpoint(values("storageType", "OSS", "server", "obs.example.com", "ossEndpoint", "oss.example.com")))
}

func TestSameDestination(t *testing.T) {
	t.Parallel()
	mysql := values("databaseType", "MYSQL", "host", "db.example.com", "port", "3306", "database", "orders", "username", "loader")
	oss := values("storageType", "OSS", "ossEndpoint", "oss.example.com", "accessKey", "AK")
	for name, tc := range map[string]struct {
		connector string
		from      map[string]string
		change    map[string]string
		differs   string // "" for the same destination
	}{
		"nothing changed":                   {"generic-jdbc-connector", mysql, nil, ""},
		"the type in another case":          {"generic-jdbc-connector", mysql, values("databaseType", "MySQL"), ""},
		"the host in another case":          {"generic-jdbc-connector", mysql, values("host", "DB.Example.COM"), ""},
		"the host with a dot at its end":    {"generic-jdbc-connector", mysql, values("host", "db.example.com."), ""},
		"the host between blanks":           {"generic-jdbc-connector", mysql, values("host", " db.example.com "), ""},
		"a blank port is the default port":  {"generic-jdbc-connector", mysql, values("port", ""), ""},
		"port 0 is the default port":        {"generic-jdbc-connector", mysql, values("port", "0"), ""},
		"a port with zeros before it":       {"generic-jdbc-connector", mysql, values("port", "03306"), ""},
		"another database":                  {"generic-jdbc-connector", mysql, values("database", "customers"), ""},
		"another tuning":                    {"generic-jdbc-connector", mysql, values("fetchSize", "5", "jdbcProperties", `{"useUnicode":"true"}`), ""},
		"a setting that does not apply":     {"generic-jdbc-connector", mysql, values("databaseconfig", "SID", "sidname", "X"), ""},
		"another type":                      {"generic-jdbc-connector", mysql, values("databaseType", "POSTGRESQL"), "databaseType"},
		"another host":                      {"generic-jdbc-connector", mysql, values("host", "evil.example.com"), "host"},
		"no host":                           {"generic-jdbc-connector", mysql, values("host", ""), "host"},
		"another port":                      {"generic-jdbc-connector", mysql, values("port", "3307"), "port"},
		"another user":                      {"generic-jdbc-connector", mysql, values("username", "root"), "username"},
		"the user in another case":          {"generic-jdbc-connector", mysql, values("username", "Loader"), "username"},
		"two changes tell the first":        {"generic-jdbc-connector", mysql, values("username", "root", "host", "evil"), "host"},
		"a destination that does not apply": {"obs-connector", oss, values("server", "evil.example.com", "port", "80"), ""},
		"another key":                       {"obs-connector", oss, values("accessKey", "AK2"), "accessKey"},
		"another endpoint":                  {"obs-connector", oss, values("ossEndpoint", "evil.example.com"), "ossEndpoint"},
		"the default type, spelt out": {
			"kafka-connector", values("brokerList", "a:1"), values("hadoopType", "apache kafka"), "",
		},
		"brokers with another separator": {
			"kafka-connector", values("brokerList", "a:1,b:2"), values("brokerList", "A:1; b:02"), "",
		},
		"one broker more": {
			"kafka-connector", values("brokerList", "a:1,b:2"), values("brokerList", "a:1,b:2,c:3"), "brokerList",
		},
		"an IPv6 address in brackets": {
			"sftp-connector", values("server", "fe80::1"), values("server", "[FE80:0::1]"), "",
		},
		"SFTP without a port": {
			"sftp-connector", values("server", "a"), values("port", "22"), "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := Find(tc.connector)
			to := maps.Clone(tc.from)
			maps.Copy(to, tc.change)
			want := tc.differs
			if want != "" {
				want = "linkConfig." + want
			}
			for _, way := range [][2]map[string]string{{tc.from, to}, {to, tc.from}} {
				path, same := c.SameDestination(way[0], way[1])
				require.Equal(t, want, path)
				require.Equal(t, want == "", same)
			}
		})
	}
}

func TestEveryHostPortAndAccountIsADestination(t *testing.T) {
	t.Parallel()
	for _, c := range All {
		for _, in := range c.Inputs {
			switch in.Kind {
			case Host, Port, HostPort, HostList, URI, Share:
				require.True(t, in.Endpoint, "%s %s", c.Name, in.Name)
			case Bool, Int, Map, Password, File:
				require.False(t, in.Endpoint, "%s %s", c.Name, in.Name)
			}
			switch in.Name {
			case "linkConfig.user", "linkConfig.username", "linkConfig.userName", "linkConfig.cloudtableUser", "linkConfig.principal",
				"linkConfig.accessKey", "linkConfig.ak", "linkConfig.region", "linkConfig.zone":
				require.True(t, in.Endpoint, "%s %s", c.Name, in.Name)
			}
		}
	}
}
