package connector

// http links files on the web. It has no inputs: a job names the address.
// Source: spec/links.md §2.17.
var http = &Connector{
	Name:  "http-connector",
	Label: both("HTTP/HTTPS"),
	Help:  Text{"Files on web servers; jobs name the addresses, so the link needs no settings.", "Web 服务器上的文件；文件地址在作业中指定，连接无需配置参数。"},
	Tiles: []Tile{{Slug: "http", Label: both("HTTP/HTTPS"), Group: FileSystem}},
}
