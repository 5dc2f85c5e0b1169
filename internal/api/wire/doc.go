// Package wire is the cloud's JSON dialect: what official SDKs and curl talk
// to. One file per resource holds its wire structs and its handlers, one file
// verifies signatures; no rule about a resource lives here.
package wire
