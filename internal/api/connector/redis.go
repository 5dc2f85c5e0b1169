package connector

// redis links Redis and DCS. Source: spec/links.md §2.10.
var redis = &Connector{
	Name:  "redis-connector",
	Label: both("Redis"),
	Help:  Text{"Keys of a Redis server or of the Distributed Cache Service (DCS).", "Redis 服务器或分布式缓存服务 (DCS) 中的键。"},
	Tiles: []Tile{{Slug: "redis", Label: both("Redis / DCS"), Group: NoSQL}},
	Inputs: []Input{
		{
			Name: "linkConfig.deploymentMode", Kind: Enum, Required: true, Default: "Single",
			Choices: []Choice{
				{Value: "Single", Label: Text{"Single", "单机"}},
				{Value: "Cluster", Label: Text{"Cluster", "集群"}},
				{Value: "Proxy", Label: Text{"Proxy", "代理 (Proxy)"}},
			},
			Label: Text{"Deployment mode", "部署方式"},
			Help:  Text{"How the servers are deployed.", "Redis 服务器的部署方式。"},
		},
		serverList("linkConfig.serverlist", "10.0.0.1:6379;10.0.0.2:6379"),
		password(),
		{
			Name: "linkConfig.dbIndex", Kind: Int, Required: true, Max: 15, Default: "0",
			Label: Text{"Database index", "数据库索引"},
			Help:  Text{"Number of the database, from 0 to 15.", "数据库的编号，取值范围为 0 到 15。"},
		},
	},
}
