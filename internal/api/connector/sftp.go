package connector

// sftp links SFTP servers. Source: spec/links.md §2.8.
var sftp = &Connector{
	Name:   "sftp-connector",
	Label:  both("SFTP"),
	Help:   Text{"Files on an SFTP server.", "SFTP 服务器上的文件。"},
	Tiles:  []Tile{{Slug: "sftp", Label: both("SFTP"), Group: FileSystem}},
	Inputs: fileServer("22"),
}
