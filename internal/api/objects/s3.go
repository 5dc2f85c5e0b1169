package objects

import (
	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

var _ = minio.Core{}
var _ = credentials.SignatureV4
