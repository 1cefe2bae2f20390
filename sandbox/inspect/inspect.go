// Package inspect reads what the kernel says of a process from /proc and the
// cgroup file systems, and surveys what this computer offers to lessons.
//
// It parses through [fs.FS], so that recorded trees test it on any machine. It
// knows both cgroup versions and every mixture of them. It changes nothing, and
// it does not know what the facts mean for a lesson.
//
// Sources: proc(5), proc_pid_status(5), namespaces(7), user_namespaces(7),
// cgroups(7), capabilities(7), and the kernel's documents on cgroup v1
// (admin-guide/cgroup-v1) and v2 (admin-guide/cgroup-v2.rst).
package inspect
