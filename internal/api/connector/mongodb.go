package connector

// mongoDB links MongoDB and DDS. Source: spec/links.md §2.9.
var mongoDB = &Connector{
	Name:  "mongodb-connector",
	Label: both("MongoDB"),
	Help:  Text{"Collections of a MongoDB server or of the Document Database Service (DDS).", "MongoDB 服务器或文档数据库服务 (DDS) 中的集合。"},
	Tiles: []Tile{{Slug: "mongodb", Label: both("MongoDB / DDS"), Group: NoSQL}},
	Inputs: []Input{
		serverList("linkConfig.serverList", "10.0.0.1:27017;10.0.0.2:27017"),
		{
			Name: "linkConfig.database", Kind: Name, Required: true, MaxLen: 128, Example: "orders",
			Label: Text{"Database", "数据库"},
			Help:  Text{"Name of the database.", "数据库的名称。"},
		},
		userName("linkConfig.userName"),
		password(),
	},
}
