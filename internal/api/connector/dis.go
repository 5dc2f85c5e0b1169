package connector

// dis links the Data Ingestion Service. Source: spec/links.md §2.13.
var dis = &Connector{
	Name:  "dis-connector",
	Label: both("DIS"),
	Help:  Text{"Streams of the Data Ingestion Service (DIS), reached with an access key.", "使用访问密钥访问的数据接入服务 (DIS) 的通道。"},
	Tiles: []Tile{{Slug: "dis", Label: Text{"Data Ingestion Service (DIS)", "数据接入服务 (DIS)"}, Group: Messaging}},
	Inputs: []Input{
		disRegion(),
		{
			Name: "linkConfig.endpoint", Kind: URI, Required: true, Endpoint: true,
			Schemes: []string{"https", "http"}, Example: "https://dis.cn-north-4.myhuaweicloud.com",
			Label: Text{"DIS endpoint", "DIS 终端节点"},
			Help:  Text{"Address of DIS in the region.", "DIS 在该区域的访问地址。"},
		},
		ak(),
		sk(),
		projectID(),
	},
}

func disRegion() Input {
	in := region()
	in.Required = true
	return in
}
