package sandbox

// Spec says what container to start. The zero value of a field asks for the
// runtime's default.
type Spec struct {
	Args []string // command and arguments, run by execve(2) in the container
	Env  []string // NAME=value
	Dir  string   // working directory in the container; "" is "/"
	User string   // UID[:GID] in the container; "" is 0:0

	Namespaces []Namespace // to create; what is not named is shared with the caller
	UIDMap     []IDRange   // only with UserNS
	GIDMap     []IDRange
	Hostname   string // only with UTSNS

	Rootfs   string // folder to pivot into; "" builds a minimal one from busybox
	ReadOnly bool   // the root file system is read-only
	Tmpfs    []Tmpfs

	Limits          Limits
	CapDrop         []string // names with or without CAP_, or ALL
	CapAdd          []string
	NoNewPrivileges bool
	Seccomp         SeccompProfile
}

// SeccompProfile is which filter of system calls a container gets. The zero value is
// the default profile.
type SeccompProfile struct {
	JSON string // the JSON text of a profile as Docker publishes them
	Name string // of the profile, to be told
	Off  bool   // no filter at all
}

// Tmpfs is a fresh tmpfs(5) in the container.
type Tmpfs struct {
	Target  string // absolute path in the container
	Options string // as mount(8) takes them, for example "size=1m,noexec"
}

// Limits are what a container's cgroup may use. Zero is no limit.
type Limits struct {
	Memory int64   // bytes
	CPUs   float64 // of one CPU's time: 0.5 is half of one
	Pids   int64   // processes and threads
}

// Any says whether there is a limit at all.
func (l Limits) Any() bool { return l != Limits{} }
