// Package watch notices that something in a lab has changed, cheaply: for under
// a hundredth of a processor while nothing does, with hundreds of processes.
//
// The kernel has events for a part of what a learner does, and for that part
// they are not worth their price. The process events connector
// (NETLINK_CONNECTOR) tells of fork, exec, exit and ids of every process of the
// computer, to who has CAP_NET_ADMIN in the initial namespaces, and wakes us for
// each of them, some four times for every program that anybody starts anywhere:
// a build that starts a hundred a second costs more than all that is done here.
// A pidfd (pidfd_open(2)) tells of ends; cgroup.events tells when a cgroup
// becomes empty. No event tells of unshare(2), setns(2), capset(2), prctl(2),
// mount(2), of an id map or of a limit. So we ask another question, which covers
// all of them: has anybody in the lab run at all? A process that has not run has
// changed nothing, and the kernel counts each nanosecond: for a whole cgroup in
// cpu.stat (v2) or cpuacct.usage (v1), one small file for any number of
// processes, and for each thread in /proc/PID/schedstat, which works without
// any cgroup and without any right. A kernel that does not count there
// (CONFIG_SCHED_INFO) still counts context switches in /proc/PID/status.
//
// It does not know what is to be seen: package inspect reads that, and whoever
// joins both (package local) says how.
//
// Sources: cgroups(7), proc_pid_stat(5), proc_pid_task(5), and the kernel's
// documents admin-guide/cgroup-v2.rst, admin-guide/cgroup-v1/cpuacct.rst and
// scheduler/sched-stats.rst.
package watch
