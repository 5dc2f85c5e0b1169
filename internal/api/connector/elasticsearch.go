package connector

var searchSafeMode = is("linkConfig.safemode", "true")

// elasticsearch links Elasticsearch and the Cloud Search Service. Source:
// spec/links.md §2.14; HTTPS access is set in extended-configs.
var elasticsearch = &Connector{
	Name:    "elasticsearch-connector",
	Label:   both("Elasticsearch"),
	Help:    Text{"Indexes of Elasticsearch or of the Cloud Search Service (CSS).", "Elasticsearch 或云搜索服务 (CSS) 中的索引。"},
	Variant: "linkConfig.linkType",
	Tiles: []Tile{
		{Slug: "css", Label: Text{"Cloud Search Service (CSS)", "云搜索服务 (CSS)"}, Group: SearchEngine, Value: "CSS"},
		{Slug: "elasticsearch", Label: both("Elasticsearch"), Group: SearchEngine, Value: "ElasticSearch"},
	},
	Inputs: []Input{
		{
			Name: "linkConfig.linkType", Kind: Enum, Required: true, Endpoint: true,
			Choices: []Choice{
				{Value: "CSS", Label: Text{"Cloud Search Service (CSS)", "云搜索服务 (CSS)"}},
				{Value: "ElasticSearch", Label: both("Elasticsearch")},
			},
			Label: Text{"Link type", "连接类型"},
			Help:  Text{"Product that the servers run.", "服务器运行的搜索服务。"},
		},
		serverList("linkConfig.host", "10.0.0.1:9200;10.0.0.2:9200"),
		{
			Name: "linkConfig.safemode", Kind: Bool, Default: "false",
			Label: Text{"Security mode", "安全模式"},
			Help:  Text{"Whether the servers ask for a user name and a password.", "集群是否开启安全模式，开启后须提供用户名和密码。"},
		},
		userName("linkConfig.user", searchSafeMode),
		password(searchSafeMode),
	},
}
