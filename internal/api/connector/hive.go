package connector

var (
	hiveManaged = is("linkConfig.hadoopType", mrs, fusionInsight)
	hiveApache  = is("linkConfig.hadoopType", apacheHadoop)
	hiveOnOBS   = is("linkConfig.obsSupport", "true")
)

// hive links Hive. Source: spec/links.md §2.7: hadoopType is not documented but
// accepted, and the inputs that only newer documents require are optional.
var hive = &Connector{
	Name:    "hive-connector",
	Label:   both("Hive"),
	Help:    Text{"Tables of a Hive data warehouse.", "Hive 数据仓库中的表。"},
	Variant: "linkConfig.hadoopType",
	Tiles: []Tile{
		{Slug: "mrs-hive", Label: both("MRS Hive"), Group: Hadoop, Value: mrs},
		{Slug: "fusioninsight-hive", Label: both("FusionInsight Hive"), Group: Hadoop, Value: fusionInsight},
		{Slug: "apache-hive", Label: both("Apache Hive"), Group: Hadoop, Value: apacheHadoop},
	},
	Inputs: []Input{
		hiveHadoopType(),
		managerHost(hiveManaged),
		managerPort(is("linkConfig.hadoopType", fusionInsight)),
		casPort(is("linkConfig.hadoopType", fusionInsight)),
		nameNodeURI(hiveApache),
		{
			Name: "linkConfig.hiveMsUris", Kind: URI, Required: true, Endpoint: true, When: []Term{hiveApache},
			Schemes: []string{"thrift"}, Separator: ",", Example: "thrift://10.0.0.1:9083",
			Label: Text{"Metastore URIs", "Hive 元数据地址"},
			Help:  Text{"Addresses of the Hive metastore, separated by commas.", "Hive Metastore 的地址，多个地址以逗号分隔。"},
		},
		authType(),
		managerUser(hiveManaged),
		password(hiveManaged),
		principal(hiveApache, kerberos),
		keytab(hiveApache, kerberos),
		{
			Name: "linkConfig.hiveVersion", Kind: Enum, Default: "HIVE_3_X",
			Choices: []Choice{{Value: "HIVE_1_X", Label: both("Hive 1.x")}, {Value: "HIVE_3_X", Label: both("Hive 3.x")}},
			Label:   Text{"Hive version", "Hive 版本"},
			Help:    Text{"Major version that the cluster runs.", "集群的 Hive 主版本。"},
		},
		{
			Name: "linkConfig.obsSupport", Kind: Bool, Default: "false",
			Label: Text{"Tables on OBS", "OBS 存储支持"},
			Help:  Text{"Whether tables are stored on OBS; reading them needs an access key.", "表数据是否存储在 OBS 上；访问 OBS 需要访问密钥。"},
		},
		accessKey(hiveOnOBS),
		securityKey(hiveOnOBS),
		runMode(is("linkConfig.hiveVersion", "HIVE_3_X")),
		properties(hiveKeys),
	},
}

func hiveHadoopType() Input {
	in := hadoopType()
	in.Required, in.Default = false, mrs
	return in
}
