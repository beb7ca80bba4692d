"""What figures are made from: private microdata of validated answers, groupings of communes, waivers of secrecy."""
