package connector

// ftp links FTP servers. Source: spec/links.md §2.8.
var ftp = &Connector{
	Name:   "ftp-connector",
	Label:  both("FTP"),
	Help:   Text{"Files on an FTP server.", "FTP 服务器上的文件。"},
	Tiles:  []Tile{{Slug: "ftp", Label: both("FTP"), Group: FileSystem}},
	Inputs: fileServer("21"),
}
