package api

import (
	"crypto/sha512"
	"encoding/hex"
	"time"
)

// AuditedVersion is a version of a function as the audit log keeps it: of its code,
// the digest.
type AuditedVersion struct {
	Version     string `json:"version"`
	Explanation string `json:"version_description,omitempty"`
	FunctionConfig
	Timeout int64 `json:"timeout"` // seconds, in place of the Config's
	FunctionCode
	Upstream string `json:"upstream,omitempty"`
}

// AuditedFunction is a function as the audit log keeps it: as its version that can be
// changed is.
type AuditedFunction struct {
	Package string `json:"package"`
	Name    string `json:"func_name"`
	AuditedVersion
	Versions []string `json:"versions,omitempty"` // all the others, where they end with it
}

// Audited is the version for the audit log.
func (v *Version) Audited() AuditedVersion {
	return AuditedVersion{v.Name, v.Description, v.Config, int64(v.Config.Timeout / time.Second), v.Code, v.Upstream}
}

// Audited is the function for the audit log.
func (f *Function) Audited() AuditedFunction {
	return AuditedFunction{Package: f.Package, Name: f.Name, AuditedVersion: f.Latest.Audited()}
}

// audited is what the draft makes of a function whose code was so.
func (d FunctionDraft) audited(code FunctionCode) AuditedFunction {
	d = d.Complete()
	d.Code.Size, d.Code.Digest = code.Size, code.Digest
	if d.File != nil {
		sum := sha512.Sum512(d.File)
		d.Code.Size, d.Code.Digest = int64(len(d.File)), hex.EncodeToString(sum[:])
	}
	latest := Version{Name: LatestVersion, Config: d.Config, Code: d.Code, Upstream: d.Upstream}
	return AuditedFunction{Package: d.Package, Name: d.Name, AuditedVersion: latest.Audited()}
}

// Draft describes the function as it was, with the code that is there.
func (a *AuditedFunction) Draft() FunctionDraft {
	d := FunctionDraft{Package: a.Package, Name: a.Name, Config: a.FunctionConfig, Code: a.FunctionCode, Upstream: a.Upstream}
	d.Config.Timeout = time.Duration(a.Timeout) * time.Second
	return d
}
