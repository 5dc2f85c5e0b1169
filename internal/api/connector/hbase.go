package connector

const (
	hbaseType  = "linkConfig.hbaseType"
	cloudTable = "CloudTable"
)

var (
	hbaseManaged    = is(hbaseType, mrs, fusionInsight)
	hbaseApache     = is(hbaseType, apacheHadoop)
	hbaseCloudTable = is(hbaseType, cloudTable)
	cloudTableIAM   = is("linkConfig.iamAuth", "true")
)

// hbase links HBase clusters and CloudTable. Source: spec/links.md §2.5, §2.6.
// Apache HBase is addressed by ZooKeeper, as the console does, or by the
// NameNode, as the API documentation does.
var hbase = &Connector{
	Name:    "hbase-connector",
	Label:   both("HBase"),
	Help:    Text{"Tables of an HBase cluster or of CloudTable.", "HBase 集群或 CloudTable 中的表。"},
	Variant: hbaseType,
	Tiles: []Tile{
		{Slug: "mrs-hbase", Label: both("MRS HBase"), Group: Hadoop, Value: mrs},
		{Slug: "fusioninsight-hbase", Label: both("FusionInsight HBase"), Group: Hadoop, Value: fusionInsight},
		{Slug: "apache-hbase", Label: both("Apache HBase"), Group: Hadoop, Value: apacheHadoop},
		{Slug: "cloudtable", Label: Text{"CloudTable", "表格存储服务 (CloudTable)"}, Group: NoSQL, Value: cloudTable},
	},
	Inputs: []Input{
		{
			Name: hbaseType, Kind: Enum, Required: true, Endpoint: true,
			Choices: append([]Choice{{Value: cloudTable}}, distributions...),
			Label:   Text{"HBase type", "HBase 类型"},
			Help:    Text{"CloudTable, or the distribution that the cluster runs.", "CloudTable，或集群所用的 Hadoop 发行版。"},
		},
		managerHost(hbaseManaged),
		managerPort(is(hbaseType, fusionInsight)),
		casPort(is(hbaseType, fusionInsight)),
		{
			Name: "linkConfig.zookeeperQuorum", Kind: HostList, Required: true, Endpoint: true, Separator: ",",
			When: []Term{is(hbaseType, cloudTable, apacheHadoop)}, Instead: "linkConfig.uri", Example: "10.0.0.1:2181,10.0.0.2:2181",
			Label: Text{"ZooKeeper address", "ZooKeeper 地址"},
			Help:  Text{"ZooKeeper servers as host:port, separated by commas.", "ZooKeeper 服务器地址，格式为“主机:端口”，多个地址以逗号分隔。"},
		},
		hbaseURI(),
		{
			Name: "linkConfig.hBaseVersion", Kind: Enum, Default: "HBASE_2_X", When: []Term{not(hbaseCloudTable)},
			Choices: []Choice{{Value: "HBASE_1_X", Label: both("HBase 1.x")}, {Value: "HBASE_2_X", Label: both("HBase 2.x")}},
			Label:   Text{"HBase version", "HBase 版本"},
			Help:    Text{"Major version that the cluster runs.", "集群的 HBase 主版本。"},
		},
		authType(not(hbaseCloudTable)),
		managerUser(hbaseManaged, kerberos),
		password(hbaseManaged, kerberos),
		principal(hbaseApache, kerberos),
		keytab(hbaseApache, kerberos),
		{
			Name: "linkConfig.iamAuth", Kind: Bool, Required: true, Default: "false", When: []Term{hbaseCloudTable},
			Label: Text{"IAM authentication", "IAM 统一身份认证"},
			Help:  Text{"Whether the CloudTable cluster asks for an access key.", "CloudTable 集群是否要求使用访问密钥认证。"},
		},
		userName("linkConfig.cloudtableUser", cloudTableIAM),
		accessKey(cloudTableIAM),
		securityKey(cloudTableIAM),
		{
			Name: "linkConfig.serviceType", Kind: Enum, Advanced: true,
			Choices: []Choice{{Value: "HDFS"}, {Value: "HBase"}},
			Label:   Text{"Service type", "服务类型"},
			Help:    Text{"Service of the cluster that the link uses.", "连接使用的集群服务。"},
		},
		// CloudTable has no version input, and always a run mode.
		runMode(not(is("linkConfig.hBaseVersion", "HBASE_1_X"))),
		properties(hbaseKeys),
	},
}

func hbaseURI() Input {
	in := nameNodeURI(hbaseApache)
	in.Required = false // the ZooKeeper address, or this
	in.Help = Text{"Address of the NameNode, if the ZooKeeper address is not given.", "NameNode 的地址，未填写 ZooKeeper 地址时必填。"}
	return in
}
