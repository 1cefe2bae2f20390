# The size and the devices of the machine, for each provider. The Vagrantfile
# loads this, and scripts/box packs it as the Vagrantfile of the box itself.
#
#   CLOISON_VM_CPUS=2 CLOISON_VM_MEMORY=2048    its size, in processors and MB
#   CLOISON_VM_EMULATE=1   libvirt emulates the processor: slow, but needs no KVM

cpus = Integer(ENV.fetch("CLOISON_VM_CPUS", "2"))
memory = Integer(ENV.fetch("CLOISON_VM_MEMORY", "2048"))
emulate = ENV.key?("CLOISON_VM_EMULATE")

# A second disk, for lessons on devices. Where Vagrant makes it, it asks for this
# word, and says so at each command.
second_disk = lambda do |config|
  ENV["VAGRANT_EXPERIMENTAL"] ||= "disks"
  config.vm.disk :disk, name: "lessons", size: "1GB"
end

Vagrant.configure("2") do |config|
  config.vm.boot_timeout = emulate ? 1800 : 600
  # A packed box needs nothing of the host; the Vagrantfile switches this on.
  config.vm.synced_folder ".", "/vagrant", disabled: true

  config.vm.provider "libvirt" do |libvirt|
    libvirt.cpus = cpus
    libvirt.memory = memory
    libvirt.storage :file, size: "1G" # the second disk
    libvirt.disk_driver discard: "unmap" # what is deleted leaves the host's disk too
    libvirt.driver = "qemu" if emulate
  end
  config.vm.provider "virtualbox" do |virtualbox, override|
    virtualbox.cpus = cpus
    virtualbox.memory = memory
    second_disk.call(override)
  end
  %w[vmware_desktop hyperv].each do |name|
    config.vm.provider name do |provider, override|
      provider.cpus = cpus
      provider.memory = memory
      second_disk.call(override)
    end
  end
  config.vm.provider "parallels" do |parallels|
    parallels.cpus = cpus
    parallels.memory = memory
  end
end
