module switchboard/e2e

go 1.26.0

require switchboard v0.0.0

require (
	github.com/chromedp/cdproto v0.159.0 // indirect
	github.com/chromedp/chromedp v0.23.0 // indirect
	github.com/go-json-experiment/json v0.0.0-20260213210345-44df1a37e875 // indirect
	github.com/gophercloud/gophercloud/v2 v2.15.0 // indirect
	github.com/huaweicloud/huaweicloud-sdk-go-v3 v0.1.207 // indirect
	github.com/stretchr/testify v1.12.1 // indirect
)

replace switchboard => ../
