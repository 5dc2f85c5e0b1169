package connector

var openTSDBSafe = is("linkConfig.securityMode", "SAFE")

// openTSDB links OpenTSDB of CloudTable. Source: spec/links.md §2.16; SAFE is
// our spelling, as §6.15 says.
var openTSDB = &Connector{
	Name:  "opentsdb-connector",
	Label: both("CloudTable OpenTSDB"),
	Help:  Text{"Time series of OpenTSDB in a CloudTable cluster.", "CloudTable 集群中 OpenTSDB 的时序数据。"},
	Tiles: []Tile{{Slug: "opentsdb", Label: both("CloudTable OpenTSDB"), Group: NoSQL}},
	Inputs: []Input{
		{
			Name: "linkConfig.openTSDBQuorum", Kind: HostPort, Required: true, Endpoint: true,
			Example: "opentsdb.example.com:4242",
			Label:   Text{"OpenTSDB address", "OpenTSDB 地址"},
			Help:    Text{"Address of OpenTSDB as host:port.", "OpenTSDB 的地址，格式为“主机:端口”。"},
		},
		{
			Name: "linkConfig.securityMode", Kind: Enum, Required: true, Default: "UNSAFE",
			Choices: []Choice{
				{Value: "UNSAFE", Label: Text{"Off", "非安全模式"}},
				{Value: "SAFE", Label: Text{"On", "安全模式"}},
			},
			Label: Text{"Security mode", "安全模式"},
			Help:  Text{"Whether the cluster asks for an access key.", "集群是否要求使用访问密钥认证。"},
		},
		userName("linkConfig.user", openTSDBSafe),
		ak(openTSDBSafe),
		sk(openTSDBSafe),
		projectID(openTSDBSafe),
	},
}
