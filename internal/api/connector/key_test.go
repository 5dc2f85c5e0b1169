package connector_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	. "switchboard/internal/api/connector"
)

// jdbc judges one property of a database; pairs are of the map.
func jdbc(databaseType, properties string) []Fault {
	c := Find("generic-jdbc-connector")
	all := values("databaseType", databaseType, "databaseconfig", "SERVICENAME", "host", "db", "port", "1", "username", "u", "database", "d", "jdbcProperties", properties)
	return c.Faults(all, always)
}

func TestPropertiesThatAttackersUseAreRefused(t *testing.T) {
	t.Parallel()
	for databaseType, keys := range map[string][]string{
		"MYSQL": {
			"allowLoadLocalInfile", "AllowLoadLocalInfile", "ALLOWLOADLOCALINFILE", "allowLoadLocal%49nfile", "%61llowLoadLocalInfile",
			"allowLoadLocalInfileInPath", "allowUrlInLocalInfile", "autoDeserialize", "auto%44eserialize", "auto%2544eserialize", "allowMultiQueries",
			"queryInterceptors", "statementInterceptors", "exceptionInterceptors", "connectionLifecycleInterceptors", "socketFactory",
			"propertiesTransform", "clientInfoProvider", "authenticationPlugins", "defaultAuthenticationPlugin", "logger", "profilerEventHandler",
			"loadBalanceStrategy", "serverAffinityOrder", "useConfigs", "clientCertificateKeyStoreUrl", "trustCertificateKeyStoreUrl",
			"allowPublicKeyRetrieval", "verifyServerCertificate", "serverRSAPublicKeyFile", "socksProxyHost", "sessionVariables", "enabledTLSProtocols",
		},
		"MYCAT": {"autoDeserialize"},
		"DDM":   {"allowLoadLocalInfile"},
		"POSTGRESQL": {
			"socketFactory", "socketFactoryArg", "sslfactory", "sslfactoryarg", "sslhostnameverifier", "sslcert", "sslkey", "sslrootcert",
			"authenticationPluginClassName", "loggerFile", "loggerLevel", "xmlFactoryFactory", "options", "service", "localSocketAddress", "gssEncMode",
		},
		"DWS": {"loggerFile", "iamUser", "sslfactory"},
		"SQLSERVER": {
			"trustServerCertificate", "trustStore", "socketFactoryClass", "socketFactoryConstructorArg", "trustManagerClass", "authentication",
			"integratedSecurity", "failoverPartner", "serverName", "instanceName", "columnEncryptionSetting", "keyVaultProviderClientId", "encrypt",
		},
		"ORACLE":   {"oracle.net.tns_admin", "oracle.net.wallet_location", "oracle.jdbc.Trace", "oracle.net.ssl_server_dn_match", "oracle.net.authentication_services", "oracle.jdbc.provider.configuration"},
		"DB2":      {"traceFile", "traceDirectory", "traceLevel", "clientRerouteServerListJNDIName", "clientRerouteAlternateServerName", "securityMechanism", "pluginClassName", "sslTrustStoreLocation"},
		"SAP HANA": {"traceFile", "traceOptions", "proxyHostname", "keyStore", "trustStore", "hostNameInCertificate"},
		"DM":       {"logDir", "logLevel", "sslFilesPath", "kerberosLoginConfPath", "loginMode", "svcConfPath"},
	} {
		for _, key := range keys {
			for _, value := range []string{"true", "1", "false", "com.example.Factory"} {
				faults := jdbc(databaseType, WriteMap(map[string]string{key: value}))
				require.Len(t, faults, 1, "%s %s", databaseType, key)
				require.Contains(t, []string{"input.map_key_refused", "input.map_key_near"}, faults[0].Key, "%s %s", databaseType, key)
				require.Equal(t, key, faults[0].Args[1], "the message names the key as it was written")
			}
		}
	}
}

func TestPropertiesOfHadoopAndKafkaThatAttackersUseAreRefused(t *testing.T) {
	t.Parallel()
	for name, keys := range map[string][]string{
		"obs-connector": {"proxyHost", "endPoint", "connectionTimeOutMs"},
		"hdfs-connector": {
			"fs.file.impl", "fs.hdfs.impl", "hadoop.security.group.mapping", "hadoop.rpc.socket.factory.class.default", "dfs.domain.socket.path",
			"dfs.client.read.shortcircuit", "hadoop.security.authentication", "dfs.namenode.kerberos.principal.pattern", "dfs.nameservices",
			"dfs.encryption.key.provider.uri", "fs.obs.endpoint", "fs.obs.buffer.dir", "hadoop.socks.server", "dfs.client.failover.proxy.provider.x",
		},
		"hbase-connector": {"hbase.client.registry.impl", "hbase.zookeeper.quorum", "hbase.rpc.client.impl", "hbase.security.authentication", "hbase.rootdir"},
		"hive-connector": {
			"hive.exec.pre.hooks", "hive.aux.jars.path", "hive.reloadable.aux.jars.path", "hive.metastore.uris", "hive.server2.authentication",
			"javax.jdo.option.ConnectionURL", "hive.metastore.warehouse.dir", "hive.exec.post.hooks",
		},
		"kafka-connector": {
			"bootstrap.servers", "sasl.client.callback.handler.class", "sasl.login.callback.handler.class", "sasl.login.class", "sasl.oauthbearer.jwks.endpoint.url",
			"interceptor.classes", "metric.reporters", "key.deserializer", "partitioner.class", "ssl.keystore.location", "ssl.truststore.location",
			"ssl.engine.factory.class", "ssl.provider", "security.providers", "config.providers", "ssl.endpoint.identification.algorithm", "auto.include.jmx.reporter",
		},
	} {
		c := Find(name)
		for _, key := range keys {
			_, f := c.Input("linkConfig.properties").Judge(WriteMap(map[string]string{key: "true"}))
			require.NotNil(t, f, "%s %s", name, key)
			require.Contains(t, []string{"input.map_key_refused", "input.map_key_near"}, f.Key, "%s %s", name, key)
		}
	}
	for _, key := range []string{"sasl.jaas.config", "hadoop.security.credential.provider.path", "sasl.oauthbearer.token.endpoint.url"} {
		_, f := Find("kafka-connector").Input("linkConfig.properties").Judge(WriteMap(map[string]string{key: "https://idp.example.com"}))
		require.Equal(t, "input.map_key_secret", f.Key, "a name that speaks of secrets is refused for that")
	}
}

func TestPropertiesThatClientsSendAreAllowed(t *testing.T) {
	t.Parallel()
	for databaseType, properties := range map[string]string{
		"MYSQL": `{"connectTimeout":"600000","socketTimeout":300000,"useCursorFetch":"false","tinyInt1isBit":false,"mysql.bool.type.transform":"false",
			"zeroDateTimeBehavior":"convertToNull","serverTimezone":"GMT+08:00","characterEncoding":"UTF-8"}`,
		"DDM":        `{"serverTimezone":"Asia/Shanghai"}`,
		"MYCAT":      `{"useUnicode":"true"}`,
		"POSTGRESQL": `{"connectTimeout":"60","socketTimeout":"300","sslmode":"require","useCursorFetch":"false","currentSchema":"sales,public"}`,
		"DWS":        `{"socketTimeout":"300","batchMode":"on"}`,
		"SQLSERVER":  `{"socketTimeout":"300000","lockTimeout":"-1","applicationName":"CDM loader 2.1"}`,
		"ORACLE":     `{"socketTimeout":"300000","oracle.jdbc.ReadTimeout":"60000","v$session.program":"cdm"}`,
		"DB2":        `{"socketTimeout":"300000","sslConnection":"TRUE"}`,
		"SAP HANA":   `{"socketTimeout":"300000","encrypt":"true"}`,
		"DM":         `{"socketTimeout":"300000","compatibleMode":"oracle"}`,
	} {
		require.Empty(t, jdbc(databaseType, properties), databaseType)
	}
	for name, properties := range map[string]string{
		"obs-connector":   `{"connectionTimeout":"1000","socketTimeout":"1000","idleConnectionTime":"1000"}`,
		"hdfs-connector":  `{"fs.defaultFS":"hdfs://hacluster","dfs.client.use.datanode.hostname":"true"}`,
		"hive-connector":  `{"hive.storeFormat":"textfile","fs.defaultFS":"obs://hivedb","hive.server2.idle.operation.timeout":"360000"}`,
		"hbase-connector": `{"zookeeper.znode.parent":"/hbase","hbase.rpc.timeout":"60000"}`,
		"kafka-connector": `{"security.protocol":"SASL_SSL","sasl.mechanism":"SCRAM-SHA-512","group.id":"cdm"}`,
	} {
		_, f := Find(name).Input("linkConfig.properties").Judge(properties)
		require.Nil(t, f, name)
	}
}

func TestAPropertyIsStoredAsItsDriverSpellsIt(t *testing.T) {
	t.Parallel()
	in := Input{Name: "linkConfig.x", Kind: Map, Keys: []Key{{Name: "socketTimeout", Kind: Int}, {Name: "mode", Kind: Enum, Choices: []string{"Off"}}}}
	for _, text := range []string{
		`{"socketTimeout":"300"}`, `{"SOCKETTIMEOUT":"0300"}`, `{" sockettimeout ":" 300 "}`, `{"socket%54imeout":300}`, `{"%73ocketTimeout":"300"}`, `{"ſocketTimeout":"300"}`,
	} {
		canonical, f := in.Judge(text)
		require.Nil(t, f, text)
		require.Equal(t, `{"socketTimeout":"300"}`, canonical, text)
	}
	canonical, f := in.Judge(`{"Mode":"oFF"}`)
	require.Nil(t, f)
	require.Equal(t, `{"mode":"Off"}`, canonical)
}

func TestValuesOfProperties(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		key  Key
		good []string
		bad  []string
		want Fault
	}{
		"a number keeps its bounds": {
			Key{Name: "k", Kind: Int, Min: -1, Max: 60}, []string{"-1", "0", "60"}, []string{"61", "-2", "1s", "1.5", "", "0x10", "٣", "1 000"},
			Fault{Key: "input.map_value_integer", Args: []any{"key", "k", "min", -1, "max", 60}},
		},
		"a number is at most an int32": {
			Key{Name: "k", Kind: Int}, []string{"2147483647"}, []string{"2147483648", "-1", "99999999999999999999"},
			Fault{Key: "input.map_value_integer", Args: []any{"key", "k", "min", 0, "max", 2147483647}},
		},
		"a choice is one of the list": {
			Key{Name: "k", Kind: Enum, Choices: []string{"true", "false"}}, []string{"true", "FALSE"}, []string{"", "yes", "1", "true;x=y", "true%00"},
			Fault{Key: "input.map_value_choice", Args: []any{"key", "k", "choices", "true, false"}},
		},
		"words name neither files, addresses nor classes": {
			Key{Name: "k", Kind: String},
			[]string{"Asia/Shanghai", "GMT+08:00", "UTF-8", "/hbase", "sales,public", "订单", "CDM loader 2.1", "root.default", "utf8mb4_general_ci"},
			[]string{
				"", "file:/etc/passwd", "file:///etc/passwd", "jar:http://evil/x.jar!/", "http://evil", "HTTPS://evil", "//evil/share", "ldap:x", "a:b", "12:", ":12",
				"../../etc/passwd", `\\evil\share`, "C:/x", "com.example.Evil", "javax.naming.InitialContext", "a,com.example.Evil", "a;b=c", "a&b=c", "a?b", "a%3bb", "a'b", `a"b`, "${x}", "a\tb",
				strings.Repeat("x", 256),
			},
			Fault{Key: "input.map_value_words", Args: []any{"key", "k"}},
		},
		"an address has one of the schemes": {
			Key{Name: "k", Kind: URI, Schemes: []string{"hdfs", "obs"}},
			[]string{"hdfs://hacluster", "obs://bucket/", "hdfs://10.0.0.1:8020"}, []string{"", "file:///", "http://evil", "hdfs://u:p@h", "hdfs://h?x=y"},
			Fault{Key: "input.map_value_uri", Args: []any{"key", "k", "schemes", "hdfs, obs"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := Input{Name: "linkConfig.x", Kind: Map, Keys: []Key{tc.key}}
			for _, value := range tc.good {
				_, f := in.Judge(WriteMap(map[string]string{"k": value}))
				require.Nil(t, f, "%q", value)
			}
			tc.want.Path = in.Name
			for _, value := range tc.bad {
				_, f := in.Judge(WriteMap(map[string]string{"k": value}))
				require.NotNil(t, f, "%q", value)
				if f.Key != "input.control" {
					require.Equal(t, &tc.want, f, "%q", value)
				}
			}
		})
	}
}

func TestARefusedPropertyLeadsToOneThatIsAllowed(t *testing.T) {
	t.Parallel()
	in := Input{Name: "linkConfig.x", Kind: Map, Keys: []Key{{Name: "connectTimeout", Kind: Int}, {Name: "socketTimeout", Kind: Int}}}
	for text, want := range map[string]Fault{
		`{"socketTimout":"1"}`:                         {Key: "input.map_key_near", Args: []any{"key", "socketTimout", "nearest", "socketTimeout"}},
		`{"socket_timeout":"1"}`:                       {Key: "input.map_key_near", Args: []any{"key", "socket_timeout", "nearest", "socketTimeout"}},
		`{"Connection-Timeout":"1"}`:                   {Key: "input.map_key_near", Args: []any{"key", "Connection-Timeout", "nearest", "connectTimeout"}},
		`{"autoDeserialize":"true"}`:                   {Key: "input.map_key_refused", Args: []any{"key", "autoDeserialize", "allowed", "connectTimeout, socketTimeout"}},
		`{"logger":"x","autoDeserialize":"true"}`:      {Key: "input.map_key_refused", Args: []any{"key", "autoDeserialize, logger", "allowed", "connectTimeout, socketTimeout"}},
		`{"socketTimeout":"1","sockettimeout":"2"}`:    {Key: "input.map_key_twice", Args: []any{"key", "socketTimeout"}},
		`{"` + strings.Repeat("é", 65) + `":"x"}`:      {Key: "input.map_key_refused", Args: []any{"key", strings.Repeat("é", 64) + "…", "allowed", "connectTimeout, socketTimeout"}},
		`{"autoDeserialize":"true","socketTimeout":9}`: {Key: "input.map_key_refused", Args: []any{"key", "autoDeserialize", "allowed", "connectTimeout, socketTimeout"}},
	} {
		_, f := in.Judge(text)
		want.Path = in.Name
		require.Equal(t, &want, f, text)
	}
}

func TestPropertiesBelongToTheirDatabase(t *testing.T) {
	t.Parallel()
	require.Empty(t, jdbc("SQLSERVER", `{"lockTimeout":"5"}`))
	require.Equal(t, []string{"jdbcProperties map_key_refused"}, paths(jdbc("MYSQL", `{"lockTimeout":"5"}`)))
	require.Equal(t, []string{"databaseType choice"}, paths(jdbc("DERBY", `{"lockTimeout":"5"}`)), "without a database, one mistake is told, not two")
	require.Equal(t, []string{"databaseType choice", "jdbcProperties map_key_refused"}, paths(jdbc("DERBY", `{"traceFile":"/x"}`)))
}

func TestKeysAreWellFormed(t *testing.T) {
	t.Parallel()
	for _, c := range All {
		for i := range c.Inputs {
			in := &c.Inputs[i]
			require.Equal(t, in.Kind == Map, len(in.Keys) > 0, "%s %s: a map, and nothing else, has keys", c.Name, in.Name)
			for _, key := range in.Keys {
				at := c.Name + " " + in.Name + " " + key.Name
				require.Regexp(t, `^[A-Za-z][A-Za-z0-9$]*([._-][A-Za-z0-9$]+)*$`, key.Name, at)
				requireSentence(t, key.Help, at)
				require.Contains(t, []Kind{Int, Enum, URI, String}, key.Kind, at)
				require.Equal(t, key.Kind == Enum, len(key.Choices) > 0, at)
				require.Equal(t, key.Kind == URI, len(key.Schemes) > 0, at)
				require.True(t, !dangerous.MatchString(key.Name) || slices.Contains(harmless, key.Name), "%s looks dangerous", at)
				for _, term := range key.When {
					require.True(t, c.Decides(term.Input), "%s: the form is not redrawn", at)
				}
			}
			requireNoKeyTwice(t, c, in)
		}
	}
}

var (
	// dangerous is what names of properties look like that read files, load
	// classes, call out or write logs: such a name must be looked at.
	dangerous = regexp.MustCompile(`(?i)class|factory|file|path|store|provider|interceptor|plugin|logg|loglevel|logdir|trace|jaas|proxy|url|host$|server$`)
	harmless  = []string{"io.file.buffer.size", "hive.storeFormat", "hive.metastore.client.socket.timeout", "hive.metastore.connect.retries",
		"hive.metastore.failure.retries", "hive.merge.mapfiles", "hive.merge.mapredfiles"}
)

// requireNoKeyTwice: whatever the variant is, a name means one key.
func requireNoKeyTwice(t *testing.T, c *Connector, in *Input) {
	t.Helper()
	for _, tile := range c.Tiles {
		var names []string
		for _, key := range c.Keys(in, map[string]string{c.Variant: tile.Value}) {
			names = append(names, strings.ToLower(key.Name))
		}
		slices.Sort(names)
		require.Equal(t, slices.Compact(slices.Clone(names)), names, "%s %s", tile.Slug, in.Name)
	}
}

func TestAMapIsWrittenAsItIs(t *testing.T) {
	t.Parallel()
	require.Equal(t, `{"a":"<b&c>"}`, WriteMap(map[string]string{"a": "<b&c>"}))
	require.Empty(t, WriteMap(nil))
}
