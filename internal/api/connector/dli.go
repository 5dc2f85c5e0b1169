package connector

// dli links the Data Lake Insight service. Source: spec/links.md §2.15, whose
// sample leaves the required region empty: it is optional here.
var dli = &Connector{
	Name:   "dli-connector",
	Label:  both("DLI"),
	Help:   Text{"Tables of Data Lake Insight (DLI), reached with an access key.", "使用访问密钥访问的数据湖探索 (DLI) 的表。"},
	Tiles:  []Tile{{Slug: "dli", Label: Text{"Data Lake Insight (DLI)", "数据湖探索 (DLI)"}, Group: Warehouse}},
	Inputs: []Input{ak(), sk(), region(), projectID()},
}
