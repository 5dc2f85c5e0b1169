package apitest

import (
	"maps"
	"strings"
)

// ConnectorExample is a link of one tile, described in full: every input that
// applies has a value, and none of the systems exists.
type ConnectorExample struct {
	Values  map[string]string // by path, without the secrets
	Secrets map[string]string // by path
}

// ConnectorExamples returns a valid example for every tile of the connector
// catalogue, by slug. The maps are the caller's to change.
func ConnectorExamples() map[string]ConnectorExample {
	all := map[string]ConnectorExample{}
	for _, family := range []map[string]ConnectorExample{
		databaseExamples(), hadoopExamples(), storageExamples(), serviceExamples(),
	} {
		maps.Copy(all, family)
	}
	return all
}

// pairs makes a map of names and values; names without a prefix are of
// linkConfig.
func pairs(text ...string) map[string]string {
	out := make(map[string]string, len(text)/2)
	for i := 0; i+1 < len(text); i += 2 {
		path := text[i]
		if !strings.Contains(path, ".") {
			path = "linkConfig." + path
		}
		out[path] = text[i+1]
	}
	return out
}

// example makes an example of a common part, secrets, and the values that are
// particular to it, as pairs.
func example(common, secrets map[string]string, text ...string) ConnectorExample {
	e := ConnectorExample{Values: map[string]string{}, Secrets: map[string]string{}}
	maps.Copy(e.Values, common)
	maps.Copy(e.Values, pairs(text...))
	maps.Copy(e.Secrets, secrets)
	return e
}

func signIn() map[string]string { return pairs("password", "correct-horse-9") }

func databaseExamples() map[string]ConnectorExample {
	jdbc := func(databaseType, port string, more ...string) ConnectorExample {
		common := pairs("databaseType", databaseType, "host", "db.example.com", "port", port, "username", "loader",
			"fetchSize", "1000", "isRds", "false", "useAgent", "false",
			"jdbcProperties", `{"socketTimeout":"300000"}`, "dialect.identifierEnclose", `"`)
		if databaseType != "ORACLE" {
			common["linkConfig.database"] = "orders"
		}
		return example(common, signIn(), more...)
	}
	return map[string]ConnectorExample{
		"mysql":      jdbc("MYSQL", "3306", "commitSize", "10000", "useSSL", "true", "usingNative", "false"),
		"postgresql": jdbc("POSTGRESQL", "5432", "commitSize", "10000", "useSSL", "true"),
		"sqlserver":  jdbc("SQLSERVER", "1433", "commitSize", "10000", "useSSL", "true"),
		"oracle": jdbc("ORACLE", "1521", "commitSize", "10000", "version", "HIGH_VERSION",
			"databaseconfig", "SERVICENAME", "database", "orders.example.com"),
		"db2":      jdbc("DB2", "50000"),
		"sap-hana": jdbc("SAP HANA", "30015"),
		"ddm":      jdbc("DDM", "3306", "useSSL", "true"),
		"mycat":    jdbc("MYCAT", "8066", "usingNative", "false", "createBackendLinks", "false"),
		"dm":       jdbc("DM", "5236"),
		"dws":      jdbc("DWS", "8000", "commitSize", "10000", "useSSL", "true", "importMode", "COPY"),
		"mongodb": example(pairs("serverList", "10.0.0.1:27017;10.0.0.2:27017", "database", "orders", "userName", "loader"),
			signIn()),
		"redis": example(pairs("deploymentMode", "Cluster", "serverlist", "10.0.0.1:6379;10.0.0.2:6379", "dbIndex", "0"),
			signIn()),
	}
}

func hadoopExamples() map[string]ConnectorExample {
	keytab := pairs("keytab", "BQIAAAA8AAEADEVYQU1QTEUuQ09N")
	iam := pairs("securityKey", "example-secret-key")
	mrs := pairs("host", "10.0.0.10", "authType", "KERBEROS", "user", "loader", "runMode", "EMBEDDED",
		"properties", `{"dfs.client.use.datanode.hostname":"true"}`)
	fusionInsight := maps.Clone(mrs)
	maps.Copy(fusionInsight, pairs("port", "28443", "casPort", "20009"))
	apache := pairs("uri", "hdfs://10.0.0.1:8020", "authType", "KERBEROS", "principal", "loader@EXAMPLE.COM", "runMode", "STANDALONE",
		"properties", `{"dfs.client.use.datanode.hostname":"true"}`)
	hbase := func(common, secrets map[string]string, hbaseType string, more ...string) ConnectorExample {
		return example(common, secrets, append(more, "hbaseType", hbaseType, "hBaseVersion", "HBASE_2_X", "serviceType", "HDFS")...)
	}
	hive := func(common, secrets map[string]string, hadoopType string, more ...string) ConnectorExample {
		secrets = maps.Clone(secrets)
		maps.Copy(secrets, iam)
		return example(common, secrets, append(more, "hadoopType", hadoopType, "hiveVersion", "HIVE_3_X",
			"obsSupport", "true", "accessKey", "EXAMPLEACCESSKEY")...)
	}
	return map[string]ConnectorExample{
		"mrs-hdfs":            example(mrs, signIn(), "hadoopType", "MRS"),
		"fusioninsight-hdfs":  example(fusionInsight, signIn(), "hadoopType", "FusionInsight HD"),
		"apache-hdfs":         example(apache, keytab, "hadoopType", "Apache Hadoop"),
		"mrs-hbase":           hbase(mrs, signIn(), "MRS"),
		"fusioninsight-hbase": hbase(fusionInsight, signIn(), "FusionInsight HD"),
		"apache-hbase":        hbase(apache, keytab, "Apache Hadoop", "zookeeperQuorum", "10.0.0.1:2181,10.0.0.2:2181"),
		"mrs-hive":            hive(mrs, signIn(), "MRS"),
		"fusioninsight-hive":  hive(fusionInsight, signIn(), "FusionInsight HD"),
		"apache-hive":         hive(apache, keytab, "Apache Hadoop", "hiveMsUris", "thrift://10.0.0.1:9083,thrift://10.0.0.2:9083"),
		"cloudtable": example(pairs("hbaseType", "CloudTable", "zookeeperQuorum", "10.0.0.1:2181,10.0.0.2:2181",
			"iamAuth", "true", "cloudtableUser", "loader", "accessKey", "EXAMPLEACCESSKEY", "runMode", "EMBEDDED",
			"serviceType", "HBase", "properties", `{"hbase.rpc.timeout":"60000"}`), iam),
	}
}

func storageExamples() map[string]ConnectorExample {
	key := pairs("securityKey", "example-secret-key")
	sts := pairs("securityKey", "example-secret-key", "securityToken", "example-token")
	objects := pairs("accessKey", "EXAMPLEACCESSKEY")
	files := pairs("server", "files.example.com", "username", "loader")
	return map[string]ConnectorExample{
		"obs": example(objects, key, "storageType", "OBS", "server", "obs.cn-north-4.myhuaweicloud.com", "port", "443",
			"obsBucketType", "OB", "properties", `{"socketTimeout":"60000"}`),
		"oss":      example(objects, sts, "storageType", "OSS", "ossEndpoint", "oss-cn-hangzhou.aliyuncs.com", "ossAuthType", "STS"),
		"s3":       example(objects, key, "storageType", "S3"),
		"kodo-cos": example(objects, key, "storageType", "KODO_COS", "zone", "z1", "useCustomDomain", "false"),
		"ftp":      example(files, signIn(), "port", "21"),
		"sftp":     example(files, signIn(), "port", "22"),
		"nas":      example(pairs("protocol", "SMB", "server", `\\nas.example.com\share`, "username", "loader"), signIn()),
		"http":     example(nil, nil),
	}
}

func serviceExamples() map[string]ConnectorExample {
	sk := pairs("sk", "example-secret-key")
	cloud := pairs("ak", "EXAMPLEACCESSKEY", "projectId", "1551c7f6c808414d8e9f3c514a170f2e")
	return map[string]ConnectorExample{
		"mrs-kafka": example(pairs("hadoopType", "MRS", "host", "10.0.0.10", "authType", "KERBEROS", "user", "loader",
			"properties", `{"request.timeout.ms":"30000"}`), signIn()),
		"apache-kafka": example(pairs("hadoopType", "Apache Kafka", "brokerList", "10.0.0.1:9092,10.0.0.2:9092",
			"properties", `{"request.timeout.ms":"30000"}`), nil),
		"dms-kafka": example(pairs("kafkaType", "Platinum", "brokerList", "10.0.0.1:9093,10.0.0.2:9093",
			"isPlatinumInstance", "true", "user", "loader"), signIn()),
		"dms-kafka-basic": example(cloud, sk, "kafkaType", "Basic", "endpoint", "dms.example.com:37003",
			"targetProjectId", "6ec9a0a476be42628697e7af1fac7920"),
		"dis": example(cloud, sk, "region", "cn-north-4", "endpoint", "https://dis.cn-north-4.myhuaweicloud.com"),
		"dli": example(cloud, sk, "region", "cn-north-4"),
		"opentsdb": example(cloud, sk, "openTSDBQuorum", "opentsdb.example.com:4242", "securityMode", "SAFE",
			"user", "loader"),
		"css": example(pairs("linkType", "CSS", "host", "10.0.0.1:9200;10.0.0.2:9200", "safemode", "true", "user", "loader"),
			signIn()),
		"elasticsearch": example(pairs("linkType", "ElasticSearch", "host", "10.0.0.1:9200;10.0.0.2:9200", "safemode", "true", "user", "loader"),
			signIn()),
	}
}
