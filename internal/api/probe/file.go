package probe

// fileSystems are FTP, SFTP and network shares.
var fileSystems = []*system{}
